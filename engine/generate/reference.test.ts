import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeAdapter } from '../export/adapter.ts';
import { collect } from '../../tests/support/collect.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { gaussianSource } from '../../tests/support/tiny-model-random.ts';
import { openTokenizer } from '../native/vocabulary.ts';
import { openGenerator } from './llama-generator.ts';
import { referenceLogits, referenceLoss } from './reference.ts';
import { logProbability } from './sampling.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-reference-'));
const modelPath = path.join(folder, 'model.gguf');
const zeroPath = path.join(folder, 'zero.gguf');
const adapterPath = path.join(folder, 'adapter.gguf');
const rank = 4;
const width = 64;
let ids: Int32Array;

beforeAll(async () => {
  await writeTinyModel(modelPath, { architecture: 'llama', seed: 5, embeddingLength: width });
  using tokenizer = openTokenizer(modelPath);
  ids = tokenizer.tokenize('a question about many things, and then some more of it', false);
  const random = gaussianSource(9);
  const pair = (bScale: number) => ({
    baseName: 'blk.0.attn_q.weight',
    layer: 0,
    linear: 'q' as const,
    inFeatures: width,
    outFeatures: width,
    rank,
    a: Float32Array.from({ length: rank * width }, () => random()),
    b: Float32Array.from({ length: rank * width }, () => bScale * random()),
  });
  const base = { architecture: 'llama', alpha: 8 };
  await writeAdapter(zeroPath, { ...base, tensors: [pair(0)] });
  await writeAdapter(adapterPath, { ...base, tensors: [pair(1)] });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const lastHalf = () => Uint8Array.from(ids, (_, i) => (i >= ids.length / 2 ? 1 : 0));

describe('referenceLoss', () => {
  test('sums the negative log-likelihood of the learned tokens', async () => {
    const learned = lastHalf();
    const logits = await referenceLogits(modelPath, ids);
    let expected = 0;
    for (const [i, mark] of learned.entries()) {
      if (mark === 1) expected -= logProbability(logits[i - 1] ?? new Float32Array(), ids[i] ?? 0);
    }
    const { lossSum, count, bySequence } = await referenceLoss(modelPath, [
      { ids, learned },
      { ids: ids.slice(0, 2), learned: Uint8Array.of(0, 1) },
    ]);
    expect(bySequence[0]?.lossSum).toBeCloseTo(expected, 4);
    expect(bySequence[0]?.count).toBe(learned.reduce((sum, mark) => sum + mark, 0));
    expect(count).toBe((bySequence[0]?.count ?? 0) + 1);
    expect(lossSum).toBeCloseTo((bySequence[0]?.lossSum ?? 0) + (bySequence[1]?.lossSum ?? 0), 10);
  });

  test('is the same for sequences longer than a batch as for their parts', async () => {
    const long = Int32Array.from({ length: 600 }, (_, i) => ids[i % ids.length] ?? 0);
    const rows = await referenceLogits(modelPath, long);
    const short = await referenceLogits(modelPath, long.slice(0, 100));
    expect(rows).toHaveLength(600);
    for (const i of [0, 50, 99]) {
      const [a, b] = [rows[i], short[i]];
      expect(Math.max(...(a ?? []).map((value, id) => Math.abs(value - (b?.[id] ?? NaN))))).toBeLessThan(1e-3);
    }
  });

  test('an adapter with B = 0 changes nothing, another one does', async () => {
    const sequences = [{ ids, learned: lastHalf() }];
    const base = await referenceLoss(modelPath, sequences);
    const zero = await referenceLoss(modelPath, sequences, { adapterPath: zeroPath });
    const tuned = await referenceLoss(modelPath, sequences, { adapterPath });
    expect(zero.lossSum).toBeCloseTo(base.lossSum, 5);
    expect(Math.abs(tuned.lossSum - base.lossSum)).toBeGreaterThan(0.01);
  });
});

test('a generator changes adapters, and goes back to the base', async () => {
  using generator = openGenerator({ modelPath, threads: 1 });
  const prompt = [...ids];
  const ask = async () => (await collect(generator.generate([prompt], { maxTokens: 16, temperature: 0 })))[0]?.ids;
  const base = await ask();
  generator.useAdapter(adapterPath);
  const tuned = await ask();
  generator.useAdapter(zeroPath);
  expect(await ask()).toEqual(base);
  generator.useAdapter(adapterPath);
  expect(await ask()).toEqual(tuned);
  generator.useAdapter(null);
  expect(await ask()).toEqual(base);
  expect(tuned).not.toEqual(base);
});
