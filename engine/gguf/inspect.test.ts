import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelInfoSchema, supportedArchitectures } from '#common/domain/model-info.ts';
import { type TinyModelOptions, writeTinyModel } from '../../tests/support/tiny-model.ts';
import { readModelConfig } from './config.ts';
import { inspectModel } from './inspect.ts';
import { readGguf } from './read.ts';
import type { GgufValue } from './types.ts';
import { writeGguf } from './write.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-inspect-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function tiny(options: TinyModelOptions): Promise<string> {
  const file = path.join(folder, 'model.gguf');
  await writeTinyModel(file, options);
  return file;
}

const u32 = (value: number): GgufValue => ({ type: 'u32', value });
const f32 = (value: number): GgufValue => ({ type: 'f32', value });
const string = (value: string): GgufValue => ({ type: 'string', value });

describe.each(supportedArchitectures)('%s', (architecture) => {
  test('is described', async () => {
    const info = await inspectModel(await tiny({ architecture }));
    expect(modelInfoSchema.parse(info)).toEqual(info);
    const gemma = architecture.startsWith('gemma');
    expect(info).toMatchObject({
      name: `Tiny ${architecture}`,
      architecture,
      supported: true,
      fileType: 'F32',
      contextLength: 2048,
      embeddingLength: 64,
      templateFamily: gemma ? 'gemma' : 'chatml',
      endOfTurn: gemma ? '<end_of_turn>' : '<|im_end|>',
      license: 'mit',
    });
    expect(info.reason).toBeUndefined();
    expect(info.parameters * 4).toBe(info.tensorTypes['F32']);
  });

  test('without a template names its family and the end of its turns', async () => {
    const info = await inspectModel(await tiny({ architecture, chatTemplate: null }));
    expect(info.chatTemplate).toBeNull();
    expect(info.endOfTurn).toBe(architecture.startsWith('gemma') ? '<end_of_turn>' : '<|im_end|>');
  });
});

describe('names why a model cannot be taught', () => {
  const llama = { architecture: 'llama' } as const;
  test.each<[string, TinyModelOptions, RegExp]>([
    [
      'another architecture',
      { ...llama, metadata: { 'general.architecture': string('phi3') } },
      /"phi3".*llama, gemma, gemma2, gemma3, qwen2, qwen3/,
    ],
    ['no architecture', { ...llama, metadata: { 'general.architecture': null } }, /lacks general.architecture/],
    ['an adapter', { ...llama, metadata: { 'general.type': string('adapter') } }, /adapter/],
    ['experts', { ...llama, metadata: { 'llama.expert_count': u32(8) } }, /mixture of 8 experts/],
    ['yarn', { ...llama, metadata: { 'llama.rope.scaling.type': string('yarn') } }, /yarn scaling/],
    ['a missing key', { ...llama, metadata: { 'llama.block_count': null } }, /lacks llama.block_count/],
    [
      'a key of the wrong type',
      { ...llama, metadata: { 'llama.block_count': string('2') } },
      /block_count.*whole number/,
    ],
    ['an impossible value', { ...llama, metadata: { 'llama.block_count': u32(0) } }, /block_count is 0/],
    ['missing tensors', { ...llama, metadata: { 'llama.block_count': u32(3) } }, /lacks 9 tensors, such as blk\.2\./],
    ['too many tensors', { ...llama, metadata: { 'llama.block_count': u32(1) } }, /unknown here, the tensor "blk\.1\./],
    ['wrong shapes', { ...llama, metadata: { 'llama.feed_forward_length': u32(96) } }, /ffn_\w+\.weight has the shape/],
    ['no tokenizer', { ...llama, metadata: { 'tokenizer.ggml.model': string('no_vocab') } }, /no tokenizer/],
    ['partly rotated heads', { ...llama, metadata: { 'llama.rope.dimension_count': u32(8) } }, /rotates 8 of the 16/],
    [
      'layers that differ',
      {
        ...llama,
        metadata: { 'llama.attention.head_count_kv': { type: 'array', of: 'i32', value: Int32Array.of(2, 1) } },
      },
      /layers differ/,
    ],
    ['no epsilon', { ...llama, metadata: { 'llama.attention.layer_norm_rms_epsilon': null } }, /lacks .*rms_epsilon/],
  ])('%s', async (_, options, words) => {
    const info = await inspectModel(await tiny(options));
    expect(info.reason).toMatch(words);
    expect(info.reason).not.toContain('cannot be taught');
    expect(info.supported).toBe(false);
    expect(modelInfoSchema.parse(info)).toEqual(info);
  });

  test('fused query, key and value weights', async () => {
    const file = path.join(folder, 'fused.gguf');
    const base = await readGguf(await tiny(llama));
    await writeGguf(file, {
      metadata: base.metadata,
      tensors: [{ name: 'blk.0.attn_qkv.weight', type: 0, shape: [4, 12], chunks: () => [new Uint8Array(192)] }],
    });
    expect((await inspectModel(file)).reason).toMatch(/attn_qkv/);
  });
});

describe('hyper-parameters', () => {
  const config = async (options: TinyModelOptions) => readModelConfig(await readGguf(await tiny(options)));

  test('gemma2 slides on every second layer, with the caps of its file', async () => {
    const gemma2 = await config({ architecture: 'gemma2', layers: 4 });
    expect(gemma2).toMatchObject({
      isSliding: [true, false, true, false],
      slidingWindow: 8,
      attnLogitSoftcap: 5,
      finalLogitSoftcap: 4,
      embeddingScale: 8,
    });
    const bare = await config({
      architecture: 'gemma2',
      metadata: {
        'gemma2.attention.sliding_window': null,
        'gemma2.attn_logit_softcapping': null,
        'gemma2.final_logit_softcapping': null,
      },
    });
    expect(bare).toMatchObject({ slidingWindow: 4096, attnLogitSoftcap: 50, finalLogitSoftcap: 30 });
  });

  test('gemma3 slides on five of six layers, which have a base of their own and no scaling', async () => {
    const gemma3 = await config({ architecture: 'gemma3', layers: 8, ropeScaleLinear: 8 });
    expect(gemma3.isSliding).toEqual([true, true, true, true, true, false, true, true]);
    expect(gemma3).toMatchObject({
      ropeBase: 100_000,
      ropeBaseLocal: 10_000,
      ropeScaleLinear: 8,
      ropeScaleLinearLocal: 1,
      finalLogitSoftcap: null,
    });
    const pattern = await config({
      architecture: 'gemma3',
      layers: 2,
      metadata: {
        'gemma3.attention.sliding_window_pattern': { type: 'array', of: 'bool', value: [false, true] },
        'gemma3.rope.freq_base_swa': f32(5000),
      },
    });
    expect(pattern).toMatchObject({ isSliding: [false, true], ropeBaseLocal: 5000 });
    const period = await config({
      architecture: 'gemma3',
      layers: 4,
      metadata: { 'gemma3.attention.sliding_window_pattern': u32(2) },
    });
    expect(period.isSliding).toEqual([true, false, true, false]);
  });

  test("gemma3 in the dialect of Ollama's converter", async () => {
    const ollama = await config({
      architecture: 'gemma3',
      metadata: {
        'gemma3.attention.layer_norm_rms_epsilon': null,
        'gemma3.rope.freq_base': null,
        'gemma3.rope.global.freq_base': f32(1e6),
        'gemma3.rope.local.freq_base': f32(9000),
      },
    });
    expect(ollama).toMatchObject({ rmsEpsilon: 1e-6, ropeBase: 1e6, ropeBaseLocal: 9000 });
  });

  test('llama: normal rope, key-value heads default to heads, tied where there is no output', async () => {
    const llama = await config({
      architecture: 'llama',
      kvHeads: 4,
      metadata: { 'llama.attention.head_count_kv': null },
    });
    expect(llama).toMatchObject({ kvHeads: 4, ropeMode: 'normal', tiedEmbeddings: false, slidingWindow: null });
    expect(llama.attentionScale).toBeCloseTo(0.25);
    expect(await config({ architecture: 'llama', tied: true })).toMatchObject({
      tiedEmbeddings: true,
      embeddingScale: 1,
    });
  });

  test('qwen3 has heads of any width', async () => {
    const qwen3 = await config({ architecture: 'qwen3', headDim: 48, heads: 2, kvHeads: 1 });
    expect(qwen3).toMatchObject({ headDim: 48, heads: 2, kvHeads: 1, ropeMode: 'neox' });
  });
});
