import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { supportedArchitectures, type SupportedArchitecture } from '#common/domain/model-info.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import { exportMetadata } from '../export/export-metadata.ts';
import { readModelConfig } from '../gguf/config.ts';
import { readGguf } from '../gguf/read.ts';
import { tensorTypeIds } from '../gguf/types.ts';
import { writeGguf } from '../gguf/write.ts';
import { referenceLogits } from '../generate/reference.ts';
import { cosine } from './cosine.ts';
import { FullSession, type FullSessionOptions } from './full-session.ts';
import { openTestSession, testSequence } from './testing.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-full-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function tiny(architecture: SupportedArchitecture, ropeFactors = false): Promise<string> {
  const file = path.join(folder, `${architecture}-${ropeFactors}.gguf`);
  const biases = architecture === 'llama' || architecture === 'qwen2';
  if (!fs.existsSync(file)) await writeTinyModel(file, { architecture, layers: 2, biases, ropeFactors, tied: true });
  return file;
}

function open(file: string, options: Partial<FullSessionOptions> = {}): Promise<FullSession> {
  return FullSession.open(file, 1, { rounded: false, checkpointing: false, attentionBlock: 16, ...options });
}

async function gradientOf(session: FullSession, pack: readonly EncodedSequence[]) {
  session.zeroGradients();
  const { lossSum, weight } = await session.accumulate(pack, { promptWeight: 0.5 });
  return { loss: lossSum / weight, gradient: session.readGradient().map((g) => g / weight) };
}

const pack = [testSequence(20), testSequence(11, 2), testSequence(17, 3)];

describe('training all weights', () => {
  test.each(supportedArchitectures)('%s: the gradient agrees with finite differences', async (architecture) => {
    using session = await open(await tiny(architecture));
    const { gradient } = await gradientOf(session, pack);
    const { parameters } = session.readState();
    const norm = euclidean(gradient);
    // Along the gradient, and within each tensor alone: a tensor that is forgotten shows.
    const directions = [{ name: 'all', start: 0, count: parameters.length }, ...pieces(session)];
    for (const { name, start, count } of directions) {
      const part = gradient.subarray(start, start + count);
      const length = euclidean(part);
      expect(length, name).toBeGreaterThan(0);
      const step = 0.01;
      const probe = async (sign: number): Promise<number> => {
        const moved = parameters.slice();
        for (let i = 0; i < count; i++) moved[start + i]! += (sign * step * part[i]!) / length;
        session.writeParameters(moved);
        return (await gradientOf(session, pack)).loss;
      };
      const numeric = ((await probe(1)) - (await probe(-1))) / (2 * step);
      expect(Math.abs(numeric - length) / norm, name).toBeLessThan(5e-3);
    }
  });

  test('checkpointing and another block size change nothing', async () => {
    const file = await tiny('gemma3');
    using plain = await open(file);
    using other = await open(file, { checkpointing: true, attentionBlock: 64 });
    const [a, b] = [await gradientOf(plain, pack), await gradientOf(other, pack)];
    expect(b.loss).toBeCloseTo(a.loss, 5);
    expect(cosine(a.gradient, b.gradient)).toBeGreaterThan(0.999_999);
  });

  test('sequences of one length, as a batch, give what they give one by one', async () => {
    using session = await open(await tiny('gemma3'));
    const equal = [testSequence(9), testSequence(9, 2), testSequence(9, 3)];
    const together = await gradientOf(session, equal);
    session.zeroGradients();
    let [lossSum, total] = [0, 0];
    for (const sequence of equal) {
      const result = await session.accumulate([sequence], { promptWeight: 0.5 });
      lossSum += result.lossSum;
      total += result.weight;
    }
    expect(lossSum / total).toBeCloseTo(together.loss, 5);
    expect(cosine(session.readGradient(), together.gradient)).toBeGreaterThan(0.999_999);
    // One more position in one sequence, read and not learned, and the pack is computed in blocks.
    const { ids, learned } = testSequence(9, 3);
    const longer = { example: 3, ids: Int32Array.of(...ids, 7), learned: Uint8Array.of(...learned, 0) };
    session.zeroGradients();
    const blocks = await session.accumulate([equal[0]!, equal[1]!, longer], { promptWeight: 0 });
    const blockGradient = session.readGradient();
    session.zeroGradients();
    const batch = await session.accumulate(equal, { promptWeight: 0 });
    expect(blocks.lossSum).toBeCloseTo(batch.lossSum, 4);
    expect(cosine(blockGradient, session.readGradient())).toBeGreaterThan(0.999_999);
  });

  test('products in BF16 point the same way', async () => {
    const file = await tiny('llama', true);
    using exact = await open(file);
    using rounded = await open(file, { rounded: true });
    const [a, b] = [await gradientOf(exact, pack), await gradientOf(rounded, pack)];
    expect(b.loss).toBeCloseTo(a.loss, 1);
    expect(cosine(a.gradient, b.gradient)).toBeGreaterThan(0.99);
  });

  test('starts where the adapter session starts', async () => {
    const file = await tiny('llama', true);
    using session = await open(file);
    using lora = await openTestSession(file);
    const [full, frozen] = [await session.evaluate(pack), await lora.evaluate(pack)];
    expect(full.lossSum).toBeCloseTo(frozen.lossSum, 2);
    expect({ ...full, lossSum: 0 }).toEqual({ ...frozen, lossSum: 0 });
  });

  test('learns four examples by heart, and a saved state goes on the same way', async () => {
    const examples = [...pack, testSequence(14, 4)];
    const file = await tiny('llama');
    using session = await open(file, { rounded: true });
    const update = async (of: FullSession, step: number): Promise<number> => {
      of.zeroGradients();
      const { lossSum, weight } = await of.accumulate(examples, { promptWeight: 0 });
      await of.applyAdamW({
        learningRate: 3e-3,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        step,
        gradientScale: 1 / weight,
      });
      return lossSum / weight;
    };
    for (let step = 1; step <= 60; step++) await update(session, step);
    const { lossSum, weight, correct } = await session.evaluate(examples);
    expect(lossSum / weight).toBeLessThan(0.05);
    expect(correct).toBe(weight);
    using again = await open(file, { rounded: true });
    again.writeState(session.readState());
    expect(await update(again, 61)).toBe(await update(session, 61));
    expect(again.readState()).toEqual(session.readState());
  });
});

describe('the trained weights in a file', () => {
  test('llama.cpp computes the session’s logits from them', async () => {
    const base = await tiny('llama');
    using session = await open(base);
    await gradientOf(session, pack);
    const rate = { learningRate: 1e-2, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0 };
    await session.applyAdamW({ ...rate, step: 1, gradientScale: 1 });
    const sequence = testSequence(40, 5);
    const ours = await session.logits(sequence);
    const written = path.join(folder, 'trained.gguf');
    const source = await readGguf(base);
    const metadata = exportMetadata({ base: source, config: readModelConfig(source), quant: 'F16' });
    const tensors = [...session.tensors()].map(({ name, shape, values }) => ({
      name,
      type: tensorTypeIds.F32,
      shape,
      chunks: () => [new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
    }));
    await writeGguf(written, { metadata, tensors });
    const [before, after] = [base, written].map((file) => referenceLogits(file, sequence.ids.subarray(0, -1)));
    expect(largestDifference(ours, await after!)).toBeLessThan(2e-2);
    expect(largestDifference(ours, await before!)).toBeGreaterThan(0.2);
  });
});

function largestDifference(ours: Float32Array, theirs: readonly Float32Array[]): number {
  const vocabulary = theirs[0]!.length;
  expect(ours.length).toBe(theirs.length * vocabulary);
  return ours.reduce(
    (most, logit, i) => Math.max(most, Math.abs(logit - theirs[Math.floor(i / vocabulary)]![i % vocabulary]!)),
    0,
  );
}

/** Where each tensor lies in the flat layout: pieces start at multiples of 64. */
function pieces(session: FullSession) {
  let start = 0;
  return [...session.tensors()].map(({ name, values }) => {
    const piece = { name, start, count: values.length };
    start += Math.ceil(values.length / 64) * 64;
    return piece;
  });
}

function euclidean(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
