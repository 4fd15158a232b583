import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quantTypes } from '#common/contract/engine.ts';
import { linearNames } from '#common/domain/recipe.ts';
import { readModelConfig } from '../gguf/config.ts';
import { linearShape, linearTensorName } from '../gguf/tensors.ts';
import { openTensorData } from '../gguf/read-data.ts';
import { type GgufFile, readGguf } from '../gguf/read.ts';
import { fileTypeName, tensorTypeName } from '../gguf/types.ts';
import type { LoraTensor } from '../model/session.ts';
import { LlamaContext } from '../native/llama-context.ts';
import { LlamaAdapter, LlamaModel } from '../native/llama-model.ts';
import { llama } from '../native/llama.ts';
import { gaussianSource } from '../../tests/support/tiny-model-random.ts';
import { kQuantDimensions, type TinyModelOptions, writeTinyModel } from '../../tests/support/tiny-model.ts';
import { writeAdapter } from './adapter.ts';
import { writeMerged } from './merge.ts';
import { quantFormats } from './type-mix.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-merge-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const at = (name: string): string => path.join(folder, name);
const tokens = Int32Array.from({ length: 24 }, (_, index) => (index * 37) % 300);

/** An adapter of all linear layers that changes the model visibly. */
async function randomAdapter(basePath: string, file: string, rank = 3): Promise<string> {
  const config = readModelConfig(await readGguf(basePath));
  const gaussian = gaussianSource(5);
  const tensors: LoraTensor[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const linear of linearNames) {
      const [inFeatures, outFeatures] = linearShape(config, linear);
      const a = Float32Array.from({ length: rank * inFeatures }, () => gaussian() / Math.sqrt(inFeatures));
      const b = Float32Array.from({ length: rank * outFeatures }, () => 0.3 * gaussian());
      tensors.push({ baseName: linearTensorName(layer, linear), layer, linear, inFeatures, outFeatures, rank, a, b });
    }
  }
  await writeAdapter(at(file), { architecture: config.architecture, alpha: 2 * rank, tensors });
  return at(file);
}

/** Mean negative log-likelihood of each next token, and the last logits, by libllama in F32. */
async function reference(modelPath: string, adapterPath?: string): Promise<{ loss: number; logits: Float32Array }> {
  using model = new LlamaModel(modelPath);
  using adapter = adapterPath === undefined ? null : new LlamaAdapter(model, adapterPath);
  const size = { sequenceTokens: 256, sequences: 1, batchTokens: 256, threads: 1, exact: true };
  using context = new LlamaContext(model, size);
  if (adapter !== null) context.setAdapter(adapter);
  tokens.forEach((id, position) => context.batch.add(id, position, 0, true));
  await context.decode();
  let sum = 0;
  for (let position = 0; position + 1 < tokens.length; position++) {
    const logits = context.logits(position);
    const peak = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
    const total = logits.reduce((all, logit) => all + Math.exp(logit - peak), 0);
    sum += peak + Math.log(total) - (logits[tokens[position + 1] ?? 0] ?? 0);
  }
  return { loss: sum / (tokens.length - 1), logits: context.logits(tokens.length - 1) };
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? Number.NaN))), 0);
}

/** Types and bytes of all tensors by name. */
function contents(file: GgufFile): Map<string, string> {
  using data = openTensorData(file);
  return new Map(
    file.tensors
      .map(
        (tensor) =>
          [tensor.name, `${tensorTypeName(tensor.type)} ${Buffer.from(data.read(tensor)).toString('base64')}`] as const,
      )
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

describe('merged equals base + adapter', () => {
  test.each<TinyModelOptions>([
    { architecture: 'llama' },
    { architecture: 'gemma' },
    { architecture: 'gemma2' },
    { architecture: 'gemma3' },
    { architecture: 'qwen2' },
    { architecture: 'qwen3' },
    { architecture: 'llama', tensorType: 'Q8_0' },
  ])('$architecture $tensorType', async (options) => {
    const { path: basePath } = await writeTinyModel(at('base.gguf'), options);
    const adapterPath = await randomAdapter(basePath, 'adapter.gguf');
    await writeMerged({ basePath, adapterPath, quant: 'F32', outPath: at('merged.gguf') });
    const base = await reference(basePath);
    const adapted = await reference(basePath, adapterPath);
    const merged = await reference(at('merged.gguf'));
    expect(Math.abs(adapted.loss - base.loss)).toBeGreaterThan(0.02);
    // With stored weights of 8 bits libllama rounds activations too, the merged F32 file does not.
    const [lossTolerance, logitTolerance] = options.tensorType === undefined ? [1e-5, 1e-3] : [0.02, 0.3];
    expect(Math.abs(merged.loss - adapted.loss)).toBeLessThan(lossTolerance);
    expect(largestDifference(merged.logits, adapted.logits)).toBeLessThan(logitTolerance);
  });
});

describe.each<[string, TinyModelOptions]>([
  // Nine layers show every branch of the mix; rows of 256 fit K types.
  ['untied', { architecture: 'llama', layers: 9, ...kQuantDimensions, feedForward: 256 }],
  ['tied', { architecture: 'gemma3', layers: 9, ...kQuantDimensions, feedForward: 256 }],
  // Rows of 64 fit no K type, rows of 48 no quantized type at all.
  ['odd rows', { architecture: 'qwen2', layers: 2, feedForward: 48 }],
])('every type, %s', (name, options) => {
  let basePath: string;
  let adapterPath: string;
  let full: string;
  let expected: { readonly loss: number };
  beforeAll(async () => {
    basePath = (await writeTinyModel(at(`${name}.gguf`), options)).path;
    adapterPath = await randomAdapter(basePath, `${name}-adapter.gguf`, 4);
    full = at(`${name}-full.gguf`);
    await writeMerged({ basePath, adapterPath, quant: 'F32', outPath: full });
    expected = await reference(full);
  });

  test.each(quantTypes)('%s is what llama.cpp makes of the full-precision file', async (quant) => {
    const outPath = at('out.gguf');
    const written = await writeMerged({ basePath, adapterPath, quant, outPath, threads: 2 });
    const params = { ...llama().quantizeDefaults(), ftype: quantFormats[quant].fileType, nthread: 1 };
    expect(llama().quantize(full, at('theirs.gguf'), params)).toBe(0);
    const ours = await readGguf(outPath);
    expect(contents(ours)).toEqual(contents(await readGguf(at('theirs.gguf'))));
    expect(fileTypeName(Number(ours.metadata.get('general.file_type')?.value))).toBe(quant);
    expect(written.bytes).toBe(fs.statSync(outPath).size);
    const { loss } = await reference(outPath);
    expect(Math.abs(loss - expected.loss)).toBeLessThan(0.35);
  });
});

test('keeps the metadata byte for byte, but for name, type and template', async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'gemma3', chatTemplate: null });
  const outPath = at('named.gguf');
  const template = { text: '{{ messages }}', endOfTurn: 5 };
  await writeMerged({ basePath, quant: 'Q8_0', outPath, name: 'Mine', template });
  const [base, out] = [await readGguf(basePath), await readGguf(outPath)];
  const changed = new Map([...base.metadata, ...out.metadata]);
  for (const [key, value] of base.metadata) {
    if (JSON.stringify(out.metadata.get(key)?.value) === JSON.stringify(value.value)) changed.delete(key);
  }
  expect(Object.fromEntries(changed)).toEqual({
    'general.name': { type: 'string', value: 'Mine' },
    'general.file_type': { type: 'u32', value: 7 },
    'tokenizer.chat_template': { type: 'string', value: '{{ messages }}' },
    'gemma3.rope.freq_base_swa': { type: 'f32', value: 10_000 },
  });
});

test('copies weights that are not adapted and keep their type', async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'qwen3', tensorType: 'Q8_0' });
  await writeMerged({ basePath, quant: 'Q8_0', outPath: at('copy.gguf') });
  expect(contents(await readGguf(at('copy.gguf')))).toEqual(contents(await readGguf(basePath)));
});

test('an alpha of 0 means a scale of 1, as in llama.cpp', async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'llama' });
  const adapterPath = at('alpha.gguf');
  const shape = { layer: 0, linear: 'o', inFeatures: 64, outFeatures: 64, rank: 4 } as const;
  const a = new Float32Array(256).fill(0.1);
  const tensors = [{ ...shape, baseName: 'blk.0.attn_output.weight', a, b: a }];
  await writeAdapter(adapterPath, { architecture: 'llama', alpha: 0, tensors });
  await writeMerged({ basePath, adapterPath, quant: 'F32', outPath: at('merged.gguf') });
  const [adapted, merged] = [await reference(basePath, adapterPath), await reference(at('merged.gguf'))];
  expect(Math.abs(adapted.loss - merged.loss)).toBeLessThan(1e-5);
});

describe('refuses in words', () => {
  test('an adapter of another architecture or shape', async () => {
    const llamaBase = (await writeTinyModel(at('llama.gguf'), { architecture: 'llama' })).path;
    const qwenBase = (await writeTinyModel(at('qwen.gguf'), { architecture: 'qwen3' })).path;
    const wideBase = (await writeTinyModel(at('wide.gguf'), { architecture: 'llama', feedForward: 192 })).path;
    const adapterPath = await randomAdapter(llamaBase, 'llama-adapter.gguf');
    const merge = (basePath: string) => writeMerged({ basePath, adapterPath, quant: 'F16', outPath: at('no.gguf') });
    await expect(merge(qwenBase)).rejects.toMatchObject({
      code: 'file-unsupported',
      message: /llama model .* qwen3 model/,
    });
    await expect(merge(wideBase)).rejects.toMatchObject({ code: 'file-unsupported', message: /does not fit/ });
    expect(fs.existsSync(at('no.gguf'))).toBe(false);
  });

  test('values that the type cannot hold', async () => {
    const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'llama' });
    const adapterPath = at('large.gguf');
    const shape = { layer: 0, linear: 'o', inFeatures: 64, outFeatures: 64, rank: 1 } as const;
    const ones = new Float32Array(64).fill(1000);
    const tensors = [{ ...shape, baseName: 'blk.0.attn_output.weight', a: ones, b: ones }];
    await writeAdapter(adapterPath, { architecture: 'llama', alpha: 1, tensors });
    const merging = writeMerged({ basePath, adapterPath, quant: 'F16', outPath: at('no.gguf') });
    await expect(merging).rejects.toMatchObject({ code: 'file-corrupt', message: /attn_output.*F16/ });
    expect(fs.readdirSync(folder).filter((file) => file.includes('partial'))).toEqual([]);
  });
});
