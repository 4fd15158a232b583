import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { referenceLogits } from '../generate/reference.ts';
import { logProbability } from '../generate/sampling.ts';
import { openTokenizer } from '../native/vocabulary.ts';
import { score } from './score.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-score-'));
const modelPath = path.join(folder, 'model.gguf');
const never = new AbortController().signal;
beforeAll(async () => void (await writeTinyModel(modelPath, { architecture: 'llama', seed: 5 })));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('gives each piece its log-probability after all before it', async () => {
  using tokenizer = openTokenizer(modelPath);
  const prompt = 'a question about ';
  const continuation = ['m', 'a', 'n', 'y'];
  const other = { prompt: 'b', continuation: ['c'] };
  const [first, second, third] = await score({ modelPath, texts: [other, { prompt, continuation }, other] }, never);
  expect(third).toEqual(first);
  const { promptTokens, logprobs } = second!;
  const before = tokenizer.tokenize(prompt, true);
  const bos = tokenizer.addsBos && tokenizer.bos !== null ? [tokenizer.bos] : [];
  expect(promptTokens).toBe(before.length + bos.length);
  const pieces = continuation.map((piece) => tokenizer.tokenize(piece, false)[0] ?? 0);
  const logits = await referenceLogits(modelPath, [...bos, ...before, ...pieces]);
  expect(logprobs).toHaveLength(4);
  for (const [i, id] of pieces.entries()) {
    // The cache of ordinary use holds F16 values.
    expect(logprobs[i]).toBeCloseTo(logProbability(logits[promptTokens - 1 + i] ?? new Float32Array(), id), 1);
  }
});

test('ends at a text that no token has', async () => {
  const texts = [{ prompt: 'a', continuation: ['b', 'not one token', 'c'] }];
  const [scored] = await score({ modelPath, texts }, never);
  expect(scored?.logprobs).toHaveLength(1);
});
