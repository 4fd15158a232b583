import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Example } from '#common/domain/example.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { currentHost } from '#common/platform/host.ts';
import { openDataFolder, type DataLayout } from '#main/services/paths.ts';
import { makeRecipe } from '#main/services/recipes/presets.ts';
import { saveBase } from '#main/store/bases.ts';
import { adoptDataset } from '#main/store/datasets.ts';
import { createRun } from '#main/store/runs.ts';
import { openStore, type Store } from '#main/store/store.ts';

/** A data folder of its own for a test. */
export function temporaryDataFolder(): DataLayout & Disposable {
  const root = mkdtempSync(path.join(tmpdir(), 'tunesmith-record-'));
  const layout = openDataFolder({ ...currentHost(), env: { TUNESMITH_HOME: root } });
  return { ...layout, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** Opens the record of a test; a notice is an error there. */
export function openTestStore(layout: DataLayout): Store {
  return openStore(layout, {
    onNotice: (notice) => {
      throw new Error(notice.message);
    },
  });
}

export const tinyModel: ModelInfo = {
  path: '/models/tiny.gguf',
  architecture: 'llama',
  supported: true,
  parameters: 135e6,
  fileType: 'Q8_0',
  tensorTypes: { Q8_0: 1e8 },
  bytes: 1e8,
  contextLength: 2048,
  layers: 30,
  embeddingLength: 576,
  vocabulary: 49_152,
  chatTemplate: null,
  templateFamily: 'chatml',
  endOfTurn: '<|im_end|>',
};

export const baseSha256 = 'b'.repeat(64);

export function exampleRows(count: number): readonly Example[] {
  return Array.from({ length: count }, (_, index) => ({
    messages: [
      { role: 'user', content: `question ${index}` },
      { role: 'assistant', content: `answer ${index}` },
    ],
    source: { file: '/home/ada/notes/lessons.txt', line: index + 1 },
  }));
}

/** A queued run with its base and data set. Equal `rows` give the same data set. */
export function addRun(store: Store, { rows = 40, title = 'Lessons' } = {}): { id: string; dataset: string } {
  saveBase(
    store.db,
    { sha256: baseSha256, path: tinyModel.path, source: 'file', name: 'tiny.gguf', info: tinyModel },
    1,
  );
  const text = exampleRows(rows)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
  const dataset = createHash('sha256').update(text).digest('hex');
  const file = path.join(store.layout.tmp, 'new.jsonl');
  writeFileSync(file, text);
  const source = { path: '/home/ada/notes/lessons.txt', sha256: 'c'.repeat(64), bytes: 9, examples: rows, rejected: 0 };
  adoptDataset(store, { path: file, sha256: dataset, bytes: text.length, examples: rows, sources: [source] });
  const recipe = makeRecipe('balanced', { parameters: 135e6, contextLength: 2048, examples: rows });
  const id = createRun(store, { title, base: baseSha256, dataset, recipe, engineBuild: 'test' });
  return { id, dataset };
}
