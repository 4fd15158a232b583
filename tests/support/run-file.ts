import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import type { CheckSpec } from '#common/domain/recipe.ts';
import { currentHost } from '#common/platform/host.ts';
import { runFolder } from '#main/services/paths.ts';
import { exportRun } from '#main/store/export-run.ts';
import { runDetail } from '#main/store/run-queries.ts';
import { changeRun, createRun } from '#main/store/runs.ts';
import { recordEvent } from '#main/store/train-events.ts';
import { addRun, baseSha256, openTestStore, temporaryDataFolder } from './record.ts';
import { startEvent, stepEvent } from './record-events.ts';

/** Writes a finished run as one file, as another computer's Tunesmith would, and returns its id. */
export async function makeRunFile(file: string, title: string, check: CheckSpec): Promise<string> {
  using layout = temporaryDataFolder();
  using store = openTestStore(layout);
  const first = addRun(store);
  const { recipe } = runDetail(store.db, first.id);
  const order = { base: baseSha256, dataset: first.dataset, engineBuild: 'test' };
  const id = createRun(store, { title, ...order, recipe: { ...recipe, check } });
  const folder = runFolder(layout, id);
  mkdirSync(folder);
  const adapter = path.join(folder, 'adapter.gguf');
  const bytes = Buffer.alloc(1000, 7);
  writeFileSync(adapter, bytes);
  changeRun(store, id, { type: 'prepare', at: 1 });
  recordEvent(store, id, startEvent(0, 1));
  recordEvent(store, id, stepEvent(1));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  recordEvent(store, id, { type: 'artifact', kind: 'adapter', path: adapter, bytes: bytes.length, sha256 });
  recordEvent(store, id, { type: 'done', update: 1, outcome: 'finished', keptUpdate: 1, reason: 'the only one' });
  changeRun(store, id, { type: 'finish', at: 2 });
  await exportRun(store, id, file, { host: currentHost() });
  return id;
}
