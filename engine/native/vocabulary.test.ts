import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ggmlVocabulary } from '../../tests/support/llama-sources.ts';
import { openTokenizer } from './vocabulary.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-vocabulary-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const text = 'Hello\n\n  wörld 👍🏽 #x\t<b>\r\n\u0000end';

describe.each(['llama-bpe', 'llama-spm', 'qwen2'] as const)('the real tokenizer %s', (name) => {
  const found = ggmlVocabulary(name);
  if (found === null) {
    test.skip('not run: the llama.cpp sources could not be unpacked (git missing?)');
    return;
  }
  const file = found;

  test('gives back every byte', () => {
    using tokenizer = openTokenizer(file);
    const ids = tokenizer.tokenize(text, true);
    const bytes = Buffer.concat([...ids].map((id) => tokenizer.tokenBytes(id)));
    expect(bytes.toString('utf8').trimStart()).toBe(text);
    expect(tokenizer.detokenize(ids, true).trimStart()).toBe(text);
  });

  test('makes tokens of marks only where asked', () => {
    using tokenizer = openTokenizer(file);
    const mark = tokenizer.tokenText(tokenizer.eos ?? 0);
    const [special, ...more] = tokenizer.tokenize(mark, true);
    expect(more).toEqual([]);
    expect(special).toBe(tokenizer.eos);
    expect(tokenizer.isControl(special ?? 0)).toBe(true);
    expect(tokenizer.isEndOfGeneration(special ?? 0)).toBe(true);
    expect(tokenizer.tokenize(mark, false)).not.toContain(tokenizer.eos);
  });

  test('adds nothing by itself', () => {
    using tokenizer = openTokenizer(file);
    expect(tokenizer.tokenize('', true)).toHaveLength(0);
    expect(tokenizer.tokenize('x', true)).not.toContain(tokenizer.bos);
  });
});

test('a file that is missing, or no model, is answered in words', () => {
  expect(() => openTokenizer(path.join(folder, 'none.gguf'))).toThrow(/There is no file/);
  const broken = path.join(folder, 'broken.gguf');
  fs.writeFileSync(broken, 'not a model at all, but long enough to look at');
  expect(() => openTokenizer(broken)).toThrow(/could not be opened \(.*magic/);
});
