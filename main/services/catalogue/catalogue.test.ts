import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { currentHost, type Host } from '#common/platform/host.ts';
import { builtInCatalogue } from './built-in.ts';
import { catalogueOf, fitOf, fitsMemory, suggestedFor } from './catalogue.ts';
import { catalogueEntrySchema } from './entry.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'catalogue-'));
afterAll(() => rmSync(folder, { recursive: true }));
const withOwn = (text: string): Host => {
  const file = path.join(folder, 'own.json');
  writeFileSync(file, text);
  return { ...currentHost(), env: { TUNESMITH_CATALOGUE: file } };
};

test('every built-in entry keeps to the rules, is fetched over https, and has a name of its own', () => {
  for (const entry of builtInCatalogue) {
    expect(catalogueEntrySchema.parse(entry)).toEqual(entry);
    if (entry.remote !== null) {
      expect(entry.remote.url).toMatch(/^https:\/\/huggingface\.co\/[^/]+\/[^/]+\/resolve\/main\/[^/]+\.gguf$/);
      expect(entry.remote.url.endsWith(`/${entry.remote.fileName}`)).toBe(true);
    }
  }
  for (const field of ['id', 'title'] as const) {
    expect(new Set(builtInCatalogue.map((entry) => entry[field])).size).toBe(builtInCatalogue.length);
  }
});

test('models whose owners ask for consent say so', () => {
  const asking = builtInCatalogue.filter(({ license }) => license.mustAccept).map(({ license }) => license);
  expect(new Set(asking.map(({ name }) => name))).toEqual(
    new Set(['Gemma Terms of Use', 'Llama 3.2 Community License']),
  );
  expect(asking.every(({ url }) => url?.startsWith('https://') === true)).toBe(true);
});

test('memory: two and a half times the file, and room to compute', () => {
  expect(fitsMemory(1e9, 4e9)).toBe(true);
  expect(fitsMemory(2e9, 4e9)).toBe(false);
  expect(fitOf(1e9, 16e9)).toBe('well');
  expect(fitOf(1e9, 4e9)).toBe('tight');
  expect(fitOf(2e9, 4e9)).toBe('no');
});

test.each([
  [1e9, null],
  [2e9, 'smollm2-135m'],
  [2.2e9, 'gemma3-270m'],
  [3e9, 'smollm2-360m'],
  [4e9, 'qwen3-0.6b'],
  [64e9, 'qwen3-0.6b'],
])('%d bytes of memory: %s is suggested', (memoryBytes, id) => {
  expect(suggestedFor(builtInCatalogue, memoryBytes)).toBe(id);
});

test('an own catalogue adds entries and replaces those of an id that is known', () => {
  const practice = { ...builtInCatalogue[1]!, id: 'practice', title: 'Ours' };
  const host = withOwn(JSON.stringify([practice]));
  const found = catalogueOf(host).filter(({ id }) => id === 'practice');
  expect(found).toMatchObject([{ title: 'Ours' }]);
  expect(catalogueOf(host)).toHaveLength(builtInCatalogue.length);
});

test.each([
  ['{', /cannot be used/],
  ['[{"id": "x"}]', /title/],
  [
    JSON.stringify([{ ...builtInCatalogue[1]!, remote: { ...builtInCatalogue[1]!.remote!, fileName: '../up.gguf' } }]),
    /plain name/,
  ],
])('an own catalogue that cannot be used is refused in words', (text, words) => {
  expect(() => catalogueOf(withOwn(text))).toThrow(words);
});

test('an own catalogue that is not there is refused in words', () => {
  const host = { ...currentHost(), env: { TUNESMITH_CATALOGUE: path.join(folder, 'none.json') } };
  expect(() => catalogueOf(host)).toThrow(expect.objectContaining({ code: 'file-not-found' }));
});
