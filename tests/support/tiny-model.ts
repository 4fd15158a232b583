import type { SupportedArchitecture } from '#common/domain/model-info.ts';
import type { MetadataEntry } from '#engine/gguf/encode.ts';
import type { GgufValue } from '#engine/gguf/types.ts';
import { tensorTypeByName, tensorTypeIds } from '#engine/gguf/types.ts';
import { type TensorSource, writeGguf } from '#engine/gguf/write.ts';
import { gaussianSource } from './tiny-model-random.ts';
import { bpeTokenizer, gemmaTokenizer, llamaSpmTokenizer, type TinyTokenizer } from './tiny-model-tokenizer.ts';

export interface TinyModelOptions {
  readonly architecture: SupportedArchitecture;
  readonly seed?: number;
  readonly layers?: number;
  readonly embeddingLength?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  /** Default: embeddingLength / heads in llama and qwen2 (which ask for it), else 32. */
  readonly headDim?: number;
  readonly feedForward?: number;
  /** Extra `<unused…>` tokens are added up to this; 0 for none. */
  readonly vocabulary?: number;
  /**
   * Type of the matrices: one name for all, or chosen by tensor name. Rows must be whole blocks: see
   * `kQuantDimensions` for K types.
   */
  readonly tensorType?: string | ((tensorName: string) => string);
  readonly tokenizer?: 'bpe' | 'spm';
  /** Jinja text; null writes none; absent: the family's. */
  readonly chatTemplate?: string | null;
  /** gemma2 and gemma3. Small, so that short tests see it work. */
  readonly slidingWindow?: number;
  /** llama: writes `rope_freqs.weight`, as Llama 3 files have it. */
  readonly ropeFactors?: boolean;
  /** llama: q, k, v and output biases. qwen2 always has q, k, v biases. */
  readonly biases?: boolean;
  /** Default: false in llama, true elsewhere (gemma and gemma2 are always tied). */
  readonly tied?: boolean;
  readonly ropeScaleLinear?: number;
  readonly contextLength?: number;
  /** Replaces or adds metadata; null leaves a key out. */
  readonly metadata?: Readonly<Record<string, GgufValue | null>>;
}

export interface TinyModel {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly vocabulary: number;
  readonly tokenizer: TinyTokenizer;
}

/** Dimensions whose rows are whole blocks of 256, for Q4_K, Q5_K and Q6_K. */
export const kQuantDimensions = { embeddingLength: 256, feedForward: 512, heads: 4, kvHeads: 2, headDim: 64 } as const;

/**
 * Writes a complete chat model with random weights that libllama loads. Equal options give equal bytes. The weights
 * keep activations near one and logits within a few units, so that losses are near ln(vocabulary).
 */
export async function writeTinyModel(path: string, options: TinyModelOptions): Promise<TinyModel> {
  const spec = complete(options);
  const tokenizer = chooseTokenizer(spec);
  const vocabulary = tokenizer.tokens.length;
  const metadata = new Map<string, MetadataEntry>([...architectureMetadata(spec), ...tokenizer.metadata]);
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    if (value === null) metadata.delete(key);
    else metadata.set(key, value);
  }
  const tensors = await tensorSources(spec, vocabulary);
  const { bytes, sha256 } = await writeGguf(path, { metadata, tensors });
  return { path, bytes, sha256, vocabulary, tokenizer };
}

type Spec = Required<Omit<TinyModelOptions, 'metadata' | 'chatTemplate'>> & {
  readonly chatTemplate: string | null | undefined;
};

function complete(options: TinyModelOptions): Spec {
  const { architecture } = options;
  const gemma = architecture.startsWith('gemma');
  const embeddingLength = options.embeddingLength ?? 64;
  const heads = options.heads ?? 4;
  const fixedHeadDim = architecture === 'llama' || architecture === 'qwen2';
  return {
    architecture,
    seed: options.seed ?? 1,
    // Enough layers for both kinds of attention: gemma3 has five sliding ones before each global one.
    layers: options.layers ?? (architecture === 'gemma3' ? 6 : 2),
    embeddingLength,
    heads,
    kvHeads: options.kvHeads ?? 2,
    headDim: options.headDim ?? (fixedHeadDim ? embeddingLength / heads : 32),
    feedForward: options.feedForward ?? 128,
    vocabulary: options.vocabulary ?? 0,
    tensorType: options.tensorType ?? 'F32',
    tokenizer: options.tokenizer ?? (gemma ? 'spm' : 'bpe'),
    chatTemplate: options.chatTemplate,
    slidingWindow: options.slidingWindow ?? 8,
    ropeFactors: options.ropeFactors ?? false,
    biases: options.biases ?? architecture === 'qwen2',
    tied: options.tied ?? architecture !== 'llama',
    ropeScaleLinear: options.ropeScaleLinear ?? 1,
    contextLength: options.contextLength ?? 2048,
  };
}

function chooseTokenizer(spec: Spec): TinyTokenizer {
  const { vocabulary, chatTemplate } = spec;
  const input = { vocabulary, chatTemplate };
  if (spec.tokenizer === 'bpe')
    return bpeTokenizer({ ...input, pre: spec.architecture === 'llama' ? 'smollm' : 'qwen2' });
  return spec.architecture.startsWith('gemma') ? gemmaTokenizer(input) : llamaSpmTokenizer(input);
}

function architectureMetadata(spec: Spec): readonly (readonly [string, MetadataEntry])[] {
  const { architecture: arch } = spec;
  const entries: [string, MetadataEntry][] = [
    ['general.architecture', { type: 'string', value: arch }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: `Tiny ${arch}` }],
    ['general.license', { type: 'string', value: 'mit' }],
  ];
  const u32 = (name: string, value: number): void => void entries.push([`${arch}.${name}`, { type: 'u32', value }]);
  const f32 = (name: string, value: number): void => void entries.push([`${arch}.${name}`, { type: 'f32', value }]);
  u32('context_length', spec.contextLength);
  u32('embedding_length', spec.embeddingLength);
  u32('block_count', spec.layers);
  u32('feed_forward_length', spec.feedForward);
  u32('attention.head_count', spec.heads);
  u32('attention.head_count_kv', spec.kvHeads);
  u32('attention.key_length', spec.headDim);
  u32('attention.value_length', spec.headDim);
  f32('attention.layer_norm_rms_epsilon', arch === 'llama' ? 1e-5 : 1e-6);
  u32('rope.dimension_count', spec.headDim);
  // A small base turns fast, so that wrong positions show within a few tokens.
  f32('rope.freq_base', arch === 'gemma3' ? 100_000 : 10_000);
  if (spec.ropeScaleLinear !== 1) {
    entries.push([`${arch}.rope.scaling.type`, { type: 'string', value: 'linear' }]);
    f32('rope.scaling.factor', spec.ropeScaleLinear);
  }
  if (arch === 'gemma2' || arch === 'gemma3') u32('attention.sliding_window', spec.slidingWindow);
  if (arch === 'gemma2') {
    // Caps low enough to bend the scores and logits of a tiny model.
    f32('attn_logit_softcapping', 5);
    f32('final_logit_softcapping', 4);
  }
  if (typeof spec.tensorType === 'string') {
    const fileType = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 7, Q5_0: 8, Q4_K: 15, Q5_K: 17, Q6_K: 18, BF16: 32 }[
      spec.tensorType
    ];
    if (fileType !== undefined) entries.push(['general.file_type', { type: 'u32', value: fileType }]);
  }
  entries.push(['general.quantization_version', { type: 'u32', value: 2 }]);
  return entries;
}

/** Name, shape, and how the values are drawn. */
interface TinyTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
}

async function tensorSources(spec: Spec, vocabulary: number): Promise<TensorSource[]> {
  const gaussian = gaussianSource(spec.seed);
  const sources: TensorSource[] = [];
  for (const { name, shape, mean, deviation } of tensorList(spec, vocabulary)) {
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    for (let index = 0; index < values.length; index++) values[index] = mean + deviation * gaussian();
    if (name === 'rope_freqs.weight') for (const index of values.keys()) values[index] = 1 + index / 2;
    const matrix = shape.length > 1;
    const wanted = typeof spec.tensorType === 'string' ? spec.tensorType : spec.tensorType(name);
    const type = matrix ? (tensorTypeByName(wanted)?.id ?? tensorTypeIds.F32) : tensorTypeIds.F32;
    const bytes = await encode(type, values, shape[0] ?? 1);
    sources.push({ name, type, shape, chunks: () => [bytes] });
  }
  return sources;
}

async function encode(type: number, values: Float32Array, rowLength: number): Promise<Uint8Array> {
  if (type === tensorTypeIds.F32) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  // Loaded only where needed: an F32 model needs no native library.
  const { quantizeRows } = await import('#engine/native/quantization.ts');
  return quantizeRows(type, values, rowLength);
}

function tensorList(spec: Spec, vocabulary: number): TinyTensor[] {
  const { architecture: arch, embeddingLength: d, heads, kvHeads, headDim, feedForward } = spec;
  const list: TinyTensor[] = [];
  const matrix = (name: string, inputs: number, outputs: number): void => {
    list.push({ name, shape: [inputs, outputs], mean: 0, deviation: 1 / Math.sqrt(inputs) });
  };
  const norm = (name: string, length: number): void =>
    void list.push({ name, shape: [length], mean: 1, deviation: 0.1 });
  const bias = (name: string, length: number): void =>
    void list.push({ name, shape: [length], mean: 0, deviation: 0.1 });
  // Logits of a tied head have this deviation times sqrt(d). Gemma enlarges the embedding: with more, the token that
  // was read would outshine all that the blocks compute.
  const embeddingDeviation = (arch.startsWith('gemma') ? 0.6 : 1.5) / Math.sqrt(d);
  list.push({ name: 'token_embd.weight', shape: [d, vocabulary], mean: 0, deviation: embeddingDeviation });
  norm('output_norm.weight', d);
  if (!spec.tied && arch !== 'gemma' && arch !== 'gemma2') matrix('output.weight', d, vocabulary);
  if (spec.ropeFactors) list.push({ name: 'rope_freqs.weight', shape: [headDim / 2], mean: 1, deviation: 0 });
  for (let layer = 0; layer < spec.layers; layer++) {
    const block = (name: string): string => `blk.${layer}.${name}`;
    norm(block('attn_norm.weight'), d);
    matrix(block('attn_q.weight'), d, heads * headDim);
    matrix(block('attn_k.weight'), d, kvHeads * headDim);
    matrix(block('attn_v.weight'), d, kvHeads * headDim);
    matrix(block('attn_output.weight'), heads * headDim, d);
    if (spec.biases) {
      bias(block('attn_q.bias'), heads * headDim);
      bias(block('attn_k.bias'), kvHeads * headDim);
      bias(block('attn_v.bias'), kvHeads * headDim);
      if (arch === 'llama') bias(block('attn_output.bias'), d);
    }
    if (arch === 'gemma3' || arch === 'qwen3') {
      norm(block('attn_q_norm.weight'), headDim);
      norm(block('attn_k_norm.weight'), headDim);
    }
    if (arch === 'gemma2' || arch === 'gemma3') norm(block('post_attention_norm.weight'), d);
    norm(block('ffn_norm.weight'), d);
    matrix(block('ffn_gate.weight'), d, feedForward);
    matrix(block('ffn_up.weight'), d, feedForward);
    matrix(block('ffn_down.weight'), feedForward, d);
    if (arch === 'gemma2' || arch === 'gemma3') norm(block('post_ffw_norm.weight'), d);
  }
  return list;
}
