import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uniformSource } from '../../tests/support/tiny-model-random.ts';
import type { GgufValue } from '../gguf/types.ts';
import { type TensorSource, writeGguf } from '../gguf/write.ts';
import type { LoraTensor } from '../model/session.ts';
import { readAdapter, writeAdapter } from './adapter.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-adapter-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function loraTensor(baseName: string, inFeatures: number, outFeatures: number, rank: number): LoraTensor {
  const random = uniformSource(inFeatures + outFeatures);
  return {
    baseName,
    layer: 0,
    linear: 'q',
    inFeatures,
    outFeatures,
    rank,
    a: Float32Array.from({ length: rank * inFeatures }, random),
    b: Float32Array.from({ length: rank * outFeatures }, random),
  };
}

const tensors = [loraTensor('blk.0.attn_q.weight', 12, 8, 3), loraTensor('blk.0.ffn_down.weight', 16, 12, 3)];

test('reads back what was written, and equal content gives equal bytes', async () => {
  const one = await writeAdapter(path.join(folder, 'one.gguf'), { architecture: 'llama', alpha: 6, tensors });
  const two = await writeAdapter(path.join(folder, 'two.gguf'), { architecture: 'llama', alpha: 6, tensors });
  expect(two.sha256).toBe(one.sha256);
  const adapter = await readAdapter(one.path);
  expect(adapter).toMatchObject({ architecture: 'llama', alpha: 6, rank: 3 });
  expect([...adapter.pairs.keys()]).toEqual(tensors.map((tensor) => tensor.baseName));
  for (const { baseName, a, b, rank, inFeatures, outFeatures } of tensors) {
    expect(adapter.pairs.get(baseName)).toEqual({ a, b, rank, inFeatures, outFeatures });
  }
});

const lora: Readonly<Record<string, GgufValue>> = {
  'general.type': { type: 'string', value: 'adapter' },
  'general.architecture': { type: 'string', value: 'llama' },
  'adapter.type': { type: 'string', value: 'lora' },
  'adapter.lora.alpha': { type: 'f32', value: 8 },
};

function tensor(name: string, shape: readonly number[], value = 1): TensorSource {
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value);
  return { name, type: 0, shape, chunks: () => [new Uint8Array(values.buffer)] };
}

const a = tensor('blk.0.attn_q.weight.lora_a', [4, 2]);
const b = tensor('blk.0.attn_q.weight.lora_b', [2, 6]);

test.each<[string, Readonly<Record<string, GgufValue>>, readonly TensorSource[], string, RegExp]>([
  ['a model', { ...lora, 'general.type': { type: 'string', value: 'model' } }, [a, b], 'file-unsupported', /a model/],
  ['another kind', { ...lora, 'adapter.type': { type: 'string', value: 'ia3' } }, [a, b], 'file-unsupported', /"ia3"/],
  [
    'alpha of the wrong type',
    { ...lora, 'adapter.lora.alpha': { type: 'string', value: '8' } },
    [a, b],
    'file-corrupt',
    /alpha/,
  ],
  ['half a pair', lora, [a], 'file-corrupt', /half of the pair/],
  ['halves that do not fit', lora, [a, tensor(b.name, [3, 6])], 'file-corrupt', /ranks 2 and 3/],
  ['other tensors', lora, [a, b, tensor('output_norm.weight', [4])], 'file-unsupported', /output_norm/],
  ['no tensors', lora, [], 'file-corrupt', /adapts nothing/],
  ['not-a-numbers', lora, [a, tensor(b.name, [2, 6], Number.NaN)], 'file-corrupt', /no numbers/],
])('refuses %s in words', async (_, metadata, sources, code, words) => {
  const file = path.join(folder, 'bad.gguf');
  await writeGguf(file, { metadata: new Map(Object.entries(metadata)), tensors: sources });
  await expect(readAdapter(file)).rejects.toMatchObject({ code, message: words });
});
