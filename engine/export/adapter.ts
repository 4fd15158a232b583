import { TunesmithError } from '#common/domain/errors.ts';
import type { MetadataEntry } from '../gguf/encode.ts';
import { float, required, text } from '../gguf/metadata.ts';
import { openTensorData } from '../gguf/read-data.ts';
import { type GgufFile, type GgufTensor, readGguf } from '../gguf/read.ts';
import { tensorTypeIds } from '../gguf/types.ts';
import { type TensorSource, writeGguf, type WriteOptions, type WrittenFile } from '../gguf/write.ts';
import type { LoraTensor } from '../model/session.ts';
import { dequantizeRows } from '../native/quantization.ts';

/** What an adapter file says of one linear layer. */
export interface LoraPair {
  /** `rank` rows of `inFeatures` values. */
  readonly a: Float32Array;
  /** `outFeatures` rows of `rank` values. */
  readonly b: Float32Array;
  readonly rank: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

export interface Adapter {
  readonly path: string;
  readonly architecture: string;
  /** As stored; 0 means a scale of one, as in llama.cpp. */
  readonly alpha: number;
  /** Largest rank of its pairs. */
  readonly rank: number;
  /** By the name of the base tensor, e.g. `blk.0.attn_q.weight`. */
  readonly pairs: ReadonlyMap<string, LoraPair>;
}

export interface AdapterContent {
  /** `general.architecture` of the base. */
  readonly architecture: string;
  readonly alpha: number;
  readonly tensors: Iterable<LoraTensor>;
  readonly name?: string | undefined;
}

/**
 * Writes a LoRA adapter as llama.cpp loads it (`--lora`, `llama_adapter_lora_init`): F32 tensors
 * `<base tensor>.lora_a` [in, rank] and `.lora_b` [rank, out]. Equal content gives equal bytes.
 * @throws TunesmithError as `writeGguf`.
 */
export async function writeAdapter(
  path: string,
  content: AdapterContent,
  options?: WriteOptions,
): Promise<WrittenFile> {
  const metadata = new Map<string, MetadataEntry>([
    ['general.type', { type: 'string', value: 'adapter' }],
    ['general.architecture', { type: 'string', value: content.architecture }],
    ...(content.name === undefined ? [] : [['general.name', { type: 'string', value: content.name }] as const]),
    ['general.file_type', { type: 'u32', value: 0 }],
    ['adapter.type', { type: 'string', value: 'lora' }],
    ['adapter.lora.alpha', { type: 'f32', value: content.alpha }],
  ]);
  const tensors: TensorSource[] = [];
  for (const { baseName, inFeatures, outFeatures, rank, a, b } of content.tensors) {
    if (a.length !== rank * inFeatures || b.length !== outFeatures * rank) {
      throw new TunesmithError('internal', `The adapter of ${baseName} has the wrong number of values.`);
    }
    tensors.push(f32Tensor(`${baseName}.lora_a`, [inFeatures, rank], a));
    tensors.push(f32Tensor(`${baseName}.lora_b`, [rank, outFeatures], b));
  }
  return await writeGguf(path, { metadata, tensors }, options);
}

function f32Tensor(name: string, shape: readonly number[], values: Float32Array): TensorSource {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, type: tensorTypeIds.F32, shape, chunks: () => [bytes] };
}

/**
 * Reads an adapter file of any maker into memory as F32. The file is not trusted.
 * @throws TunesmithError as `readGguf`; `file-unsupported` where it is no LoRA adapter of linear layers;
 *   `file-corrupt` for halves that do not fit or values that are no numbers.
 */
export async function readAdapter(path: string): Promise<Adapter> {
  const file = await readGguf(path);
  const architecture = required(file, 'general.architecture', text(file, 'general.architecture'));
  if (text(file, 'general.type') !== 'adapter') throw notLora(path, 'it is a model, not an adapter');
  const kind = text(file, 'adapter.type');
  if (kind !== 'lora') throw notLora(path, `it is an adapter of the kind ${JSON.stringify(kind ?? 'unnamed')}`);
  const alpha = float(file, 'adapter.lora.alpha') ?? 0;
  const pairs = new Map<string, LoraPair>();
  for (const [baseName, halves] of pairUp(file)) pairs.set(baseName, readPair(file, baseName, halves));
  if (pairs.size === 0) throw damaged(path, 'it adapts nothing');
  const rank = Math.max(...Array.from(pairs.values(), (pair) => pair.rank));
  return { path, architecture, alpha, rank, pairs };
}

interface Halves {
  a?: GgufTensor;
  b?: GgufTensor;
}

function pairUp(file: GgufFile): ReadonlyMap<string, Halves> {
  const pairs = new Map<string, Halves>();
  for (const tensor of file.tensors) {
    const [, baseName, half] = /^(.+)\.lora_([ab])$/.exec(tensor.name) ?? [];
    if (baseName === undefined || tensor.shape.length !== 2) {
      throw notLora(file.path, `it changes ${JSON.stringify(tensor.name)}, which is no low-rank pair`);
    }
    const halves = pairs.get(baseName) ?? {};
    if (half === 'a') halves.a = tensor;
    else halves.b = tensor;
    pairs.set(baseName, halves);
  }
  return pairs;
}

function readPair(file: GgufFile, baseName: string, { a, b }: Halves): LoraPair {
  if (a === undefined || b === undefined) throw damaged(file.path, `half of the pair for ${baseName} is missing`);
  const [inFeatures = 0, rank = 0] = a.shape;
  const [rankOfB = 0, outFeatures = 0] = b.shape;
  if (rank !== rankOfB) throw damaged(file.path, `the halves for ${baseName} have the ranks ${rank} and ${rankOfB}`);
  return { a: readValues(file, a), b: readValues(file, b), rank, inFeatures, outFeatures };
}

function readValues(file: GgufFile, tensor: GgufTensor): Float32Array {
  using data = openTensorData(file);
  const count = tensor.shape.reduce((product, length) => product * length, 1);
  const values = dequantizeRows(tensor.type, data.read(tensor), count);
  if (!values.every(Number.isFinite)) throw damaged(file.path, `${tensor.name} holds values that are no numbers`);
  return values;
}

function damaged(path: string, why: string): TunesmithError {
  return new TunesmithError('file-corrupt', `The adapter ${path} is damaged: ${why}.`, {
    advice: 'Use another copy of the adapter, or teach the model again.',
  });
}

function notLora(path: string, why: string): TunesmithError {
  return new TunesmithError('file-unsupported', `${path} cannot be used as an adapter: ${why}.`, {
    advice: 'Choose the adapter.gguf of a run, or a LoRA adapter made by llama.cpp.',
  });
}
