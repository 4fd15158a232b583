import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import yauzl from 'yauzl';
import type { CheckSpec } from '#common/domain/recipe.ts';
import type { Host } from '#common/platform/host.ts';
import { datasetFile, runFolder } from '../services/paths.ts';
import { addRun, exampleRows, openTestStore, temporaryDataFolder } from '../../tests/support/record.ts';
import { adapterEvent, startEvent, stepEvent } from '../../tests/support/record-events.ts';
import { saveComparisons } from './figures.ts';
import { exportRun } from './export-run.ts';
import { runDetail } from './run-queries.ts';
import { changeRun, createRun } from './runs.ts';
import type { Store } from './store.ts';
import { recordEvent } from './train-events.ts';

let layout: ReturnType<typeof temporaryDataFolder>;
let store: Store;
let host: Host;
beforeEach(() => {
  layout = temporaryDataFolder();
  store = openTestStore(layout);
  host = { platform: 'linux', arch: 'x64', env: {}, home: '/home/ada' };
});
afterEach(() => {
  store[Symbol.dispose]();
  layout[Symbol.dispose]();
});

/** A trained run whose record holds absolute paths wherever it can. */
function run(): string {
  const first = addRun(store);
  const { recipe } = runDetail(store.db, first.id);
  const check: CheckSpec = {
    kind: 'command',
    program: '/home/ada/bin/compile',
    args: ['--strict', '/home/ada/std.lib'],
  };
  const id = createRun(store, {
    title: 'Lessons of /home/ada/notes',
    base: 'b'.repeat(64),
    dataset: first.dataset,
    recipe: { ...recipe, check },
    engineBuild: 'test',
  });
  const folder = runFolder(layout, id);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'adapter.gguf'), Buffer.alloc(3_000_000, 7));
  writeFileSync(path.join(folder, 'model-Q8_0.gguf'), 'large');
  changeRun(store, id, { type: 'prepare', at: 1 });
  recordEvent(store, id, startEvent(0, 2));
  recordEvent(store, id, stepEvent(1));
  recordEvent(store, id, { type: 'notice', update: 1, code: 'rolled-back', message: `see ${folder}/log` });
  recordEvent(store, id, { type: 'sample', update: 1, prompt: 'q', answer: 'a', passed: true, stopped: true });
  recordEvent(store, id, adapterEvent(path.join(folder, 'adapter.gguf')));
  recordEvent(store, id, {
    type: 'artifact',
    kind: 'quantized',
    path: path.join(folder, 'model-Q8_0.gguf'),
    bytes: 5,
    sha256: 'e'.repeat(64),
  });
  recordEvent(store, id, { type: 'done', update: 2, outcome: 'finished', keptUpdate: 1, reason: 'best answers' });
  saveComparisons(store.db, id, [{ prompt: 'q', base: 'b', tuned: 't' }], 1);
  changeRun(store, id, {
    type: 'fail',
    at: 2,
    failure: { code: 'file-not-writable', message: 'No place at /home/ada/x.', retryable: false },
  });
  return id;
}

async function unzip(file: string): Promise<Record<string, string>> {
  const zip = await yauzl.openPromise(file);
  const entries: Record<string, string> = {};
  for await (const entry of zip.eachEntry())
    entries[entry.fileName] = await text(await zip.openReadStreamPromise(entry));
  return entries;
}

test('a run becomes one file that tells everything but where it was made', async () => {
  const id = run();
  const to = path.join(layout.root, 'run.zip');
  let last = { completed: 0, total: 0 };
  const exported = await exportRun(store, id, to, { host, onProgress: (progress) => (last = progress) });
  expect(exported).toEqual({
    path: to,
    bytes: statSync(to).size,
    entries: ['run.json', 'samples.jsonl', 'comparisons.jsonl', 'dataset.jsonl', 'adapter.gguf'],
  });
  expect(last.completed).toBe(last.total);
  const entries = await unzip(to);
  expect(Object.keys(entries)).toEqual(exported.entries);
  const everything = Object.values(entries).join('\n');
  for (const secret of ['/home/ada', layout.root]) expect(everything).not.toContain(secret);
  const document = JSON.parse(entries['run.json'] ?? '') as Record<string, unknown>;
  expect(document).toMatchObject({
    format: 'tunesmith-run',
    id,
    title: 'Lessons of …/notes',
    phase: 'failed',
    recipe: { rank: 16, check: { kind: 'command', program: 'compile', args: ['--strict', 'std.lib'] } },
    base: { name: 'tiny.gguf', parameters: 135e6 },
    dataset: { examples: 40, sources: [{ name: 'lessons.txt', examples: 40 }] },
    kept: { update: 1, reason: 'best answers' },
    failure: { code: 'file-not-writable', message: 'No place at …/x.' },
    artifacts: [{ path: 'adapter.gguf' }, { path: 'model-Q8_0.gguf' }],
  });
  const rows = (entries['dataset.jsonl'] ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(rows).toEqual(exampleRows(40).map((row) => ({ ...row, source: { ...row.source, file: 'lessons.txt' } })));
  expect(entries['adapter.gguf']).toHaveLength(3_000_000);
});

test('cancelled, or with nowhere to write, leaves nothing behind', async () => {
  const id = run();
  const before = readdirSync(layout.root);
  const to = path.join(layout.root, 'run.zip');
  await expect(exportRun(store, id, to, { host, signal: AbortSignal.abort() })).rejects.toThrowError();
  await expect(exportRun(store, id, path.join(layout.root, 'no', 'folder.zip'), { host })).rejects.toMatchObject({
    code: 'file-not-writable',
  });
  await expect(exportRun(store, id, path.join(layout.database, 'run.zip'), { host })).rejects.toMatchObject({
    code: 'file-not-writable',
  });
  writeFileSync(datasetFile(layout, runDetail(store.db, id).dataset.sha256), 'not json\n');
  await expect(exportRun(store, id, to, { host })).rejects.toThrowError(/JSON/);
  expect(readdirSync(layout.root)).toEqual(before);
});
