/**
 * The trainer's forward pass against llama.cpp's own on the same file: exact types closely, stored types within
 * what the rounding of activations on both sides allows.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { supportedArchitectures } from '#common/domain/model-info.ts';
import { writeTinyModel, kQuantDimensions, type TinyModelOptions } from '../../tests/support/tiny-model.ts';
import { writeAdapter } from '../export/adapter.ts';
import { referenceLogits, referenceLoss } from '../generate/reference.ts';
import { disturb, openTestSession, testSequence } from './testing.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-parity-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function tiny(name: string, options: TinyModelOptions): Promise<string> {
  const file = path.join(folder, `${name}.gguf`);
  if (!fs.existsSync(file)) await writeTinyModel(file, options);
  return file;
}

/** Longer than the tiny models' sliding window and than one attention block. */
const sequence = testSequence(150);

const exact: readonly (readonly [title: string, options: TinyModelOptions])[] = [
  ...supportedArchitectures.map((architecture) => [architecture, { architecture, layers: 7 }] as const),
  ['llama with rope factors and biases', { architecture: 'llama', ropeFactors: true, biases: true }],
  ['llama, tied', { architecture: 'llama', tied: true }],
  ['gemma3 with linear rope scaling', { architecture: 'gemma3', layers: 7, ropeScaleLinear: 8 }],
  ['qwen3, untied', { architecture: 'qwen3', tied: false }],
];

describe('F32: logits within 2e-2, loss within 1e-4', () => {
  test.each(exact)('%s', async (title, options) => {
    const model = await tiny(title, options);
    using session = await openTestSession(model);
    const ours = await session.logits(sequence);
    const theirs = await referenceLogits(model, sequence.ids.subarray(0, -1));
    const vocabulary = theirs[0]!.length;
    expect(ours.length).toBe(theirs.length * vocabulary);
    let largest = 0;
    ours.forEach((logit, i) => {
      largest = Math.max(largest, Math.abs(logit - theirs[Math.floor(i / vocabulary)]![i % vocabulary]!));
    });
    expect(largest).toBeLessThan(2e-2);
    const { lossSum, weight } = await session.evaluate([sequence]);
    const reference = await referenceLoss(model, [sequence]);
    expect(weight).toBe(reference.count);
    expect(Math.abs(lossSum - reference.lossSum) / reference.lossSum).toBeLessThan(1e-4);
  });
});

describe('stored types: loss within 5 %', () => {
  const types = ['F16', 'BF16', 'Q8_0', 'Q6_K', 'Q5_K', 'Q5_0', 'Q5_1', 'Q4_K', 'Q4_0', 'Q4_1'];
  test.each(types)('%s', async (tensorType) => {
    const model = await tiny(tensorType, { architecture: 'llama', tensorType, ...kQuantDimensions });
    await compareLoss(model, 0.05);
  });

  test('several types in one file', async () => {
    let matrices = 0;
    const tensorType = (): string => types[matrices++ % types.length]!;
    await compareLoss(await tiny('mixed', { architecture: 'gemma3', tensorType, ...kQuantDimensions }), 0.05);
  });
});

describe('an adapter that was trained here, loaded by llama.cpp', () => {
  test.each(supportedArchitectures)('%s: gives the trainer’s loss within 1e-3', async (architecture) => {
    const model = await tiny(architecture, { architecture, layers: 7 });
    using session = await openTestSession(model, { rank: 8, alpha: 16 });
    const before = await session.evaluate([sequence]);
    disturb(session, 0.1);
    const adapterPath = path.join(folder, `${architecture}-adapter.gguf`);
    await writeAdapter(adapterPath, { architecture, alpha: session.alpha, tensors: session.loraTensors() });
    const { lossSum } = await session.evaluate([sequence]);
    const reference = await referenceLoss(model, [sequence], { adapterPath });
    expect(Math.abs(lossSum - before.lossSum) / before.lossSum).toBeGreaterThan(5e-3);
    expect(Math.abs(lossSum - reference.lossSum) / reference.lossSum).toBeLessThan(1e-3);
  });
});

async function compareLoss(model: string, tolerance: number): Promise<void> {
  using session = await openTestSession(model);
  const { lossSum } = await session.evaluate([sequence]);
  const reference = await referenceLoss(model, [sequence]);
  expect(Math.abs(lossSum - reference.lossSum) / reference.lossSum).toBeLessThan(tolerance);
}
