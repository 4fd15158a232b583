import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { fitsMemory } from '../../services/catalogue/catalogue.ts';
import { listModels, type ModelRow } from './list-models.ts';
import { resolveBase } from './resolve-base.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bases-'));
const file = path.join(folder, 'a.gguf');
writeFileSync(file, 'GGUF');
// Nobody answers there.
vi.stubEnv('OLLAMA_HOST', '127.0.0.1:9');
afterAll(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

test('a file is found by its path', async () => {
  expect(await resolveBase(file)).toMatchObject({ source: 'file', path: file });
});

test.each([
  [folder, 'file-unsupported', /folder/],
  [path.join(folder, 'b.gguf'), 'file-not-found', /no model/],
  ['practice', 'file-not-found', /practice model does not come/],
  ['gemma3-270m', 'file-not-found', /cannot be downloaded/],
  ['ollama:gemma', /ollama-(missing|unreachable)/, /Ollama/],
])('%s is refused in words', async (text, code, words) => {
  const error = (await resolveBase(text).catch((thrown: unknown) => thrown)) as { code: string; advice?: string };
  expect(error.code).toMatch(code);
  expect((error as unknown as Error).message).toMatch(words);
  expect(error.advice).toBeTruthy();
});

test('the list holds the catalogue and the files of the app, with their fit', async () => {
  const inspect = () => Promise.reject(new Error('not whole'));
  const rows: ModelRow[] = [];
  for await (const row of listModels({ modelsFolder: folder, memoryBytes: 2e9, inspect })) rows.push(row);
  expect(rows.find(({ id }) => id === 'practice')).toMatchObject({ fits: true, available: false });
  expect(rows.find(({ id }) => id === 'llama3.2-1b')).toMatchObject({ fits: false });
  expect(rows.find(({ id }) => id === file)).toMatchObject({ source: 'file', available: false });
});

test('memory: two and a half times the file, and room to compute', () => {
  expect(fitsMemory(1e9, 4e9)).toBe(true);
  expect(fitsMemory(2e9, 4e9)).toBe(false);
});
