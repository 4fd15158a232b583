import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { currentHost } from '#common/platform/host.ts';
import { layoutOf } from '../../services/paths.ts';
import { listModels, type ModelRow } from './list-models.ts';
import { resolveBase } from './resolve-base.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bases-'));
const file = path.join(folder, 'a.gguf');
writeFileSync(file, 'GGUF');
const layout = layoutOf(path.join(folder, 'data'));
mkdirSync(layout.models, { recursive: true });
const bundled = path.join(folder, 'bundled');
mkdirSync(bundled);
const env = { ...process.env, TUNESMITH_BUNDLED_MODELS: bundled };
const places = { host: { ...currentHost(), env }, layout };
// Nobody answers there.
vi.stubEnv('OLLAMA_HOST', '127.0.0.1:9');
afterAll(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function rowsFor(memoryBytes: number): Promise<ModelRow[]> {
  const inspect = () => Promise.reject(new Error('not whole'));
  const rows: ModelRow[] = [];
  for await (const row of listModels({ ...places, memoryBytes, inspect })) rows.push(row);
  return rows;
}

test('a file is found by its path', async () => {
  expect(await resolveBase(file, places)).toMatchObject({ source: 'file', path: file });
});

test.each([
  [folder, 'file-unsupported', /folder/],
  [path.join(folder, 'b.gguf'), 'file-not-found', /no model/],
  ['practice', 'file-not-found', /came without it/],
  ['gemma3-270m', 'file-not-found', /not on this computer yet/],
  ['ollama:gemma', /ollama-(missing|unreachable)/, /Ollama/],
])('%s is refused in words', async (text, code, words) => {
  const error = (await resolveBase(text, places).catch((thrown: unknown) => thrown)) as {
    code: string;
    advice?: string;
  };
  expect(error.code).toMatch(code);
  expect((error as unknown as Error).message).toMatch(words);
  expect(error.advice).toBeTruthy();
});

test('the list holds the catalogue and the files of the app, with their fit', async () => {
  writeFileSync(path.join(layout.models, 'mine.gguf'), 'GGUF');
  const rows = await rowsFor(2e9);
  expect(rows.find(({ id }) => id === 'practice')).toMatchObject({ fits: true, available: false, origin: 'bundled' });
  expect(rows.find(({ id }) => id === 'llama3.2-1b')).toMatchObject({ fits: false, mustAccept: true });
  expect(rows.find(({ title }) => title === 'mine.gguf')).toMatchObject({ source: 'file', available: false });
  expect(rows.filter(({ suggested }) => suggested).map(({ id }) => id)).toEqual(['smollm2-135m']);
});

test('a downloaded file of the catalogue is that entry, and is listed once', async () => {
  const here = path.join(layout.models, 'Qwen3-0.6B-Q8_0.gguf');
  writeFileSync(here, 'GGUF');
  expect(await resolveBase('qwen3-0.6b', places)).toMatchObject({ source: 'catalogue', path: here });
  const rows = (await rowsFor(64e9)).filter(({ title }) => title.startsWith('Qwen3 0.6B') || title.includes('Q8_0'));
  expect(rows).toMatchObject([{ id: 'qwen3-0.6b', available: true, bytes: 4, origin: 'download' }]);
});

test('what lies in the folder of bundled models comes with the app: real ones first, by a naming rule', async () => {
  for (const name of ['practice.gguf', 'smollm2-135m-instruct.gguf', 'house-model.gguf']) {
    writeFileSync(path.join(bundled, name), 'GGUF');
  }
  writeFileSync(path.join(bundled, 'house-model.json'), '{"title": "House model", "license": "CC0-1.0"}');
  const rows = (await rowsFor(16e9)).filter(({ origin, available }) => origin === 'bundled' && available);
  expect(rows.map(({ id, title, license }) => [id, title, license])).toEqual([
    ['house-model', 'House model', 'CC0-1.0'],
    ['smollm2-135m', 'SmolLM2 135M', 'Apache-2.0'],
    ['practice', 'Practice model', 'MIT'],
  ]);
  const practice = path.join(bundled, 'practice.gguf');
  expect(await resolveBase('practice', places)).toMatchObject({ source: 'catalogue', path: practice, license: 'MIT' });
});
