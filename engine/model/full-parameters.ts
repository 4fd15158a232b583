/**
 * All weights of a model as the trainable state: one flat F32 buffer each for values, gradient and AdamW's moments, as
 * `lora-parameters.ts` has it, with a view for every tensor of the file. Tied embeddings are one tensor, read twice.
 */
import { linearNames, type LinearName } from '#common/domain/recipe.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { parameter, shapeOf, variable, type Variable } from '../autodiff/variable.ts';
import { expectedTensors, linearTensorName } from '../gguf/tensors.ts';
import { Arena } from '../native/arena.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml, ggmlType, type BufferPointer, type TensorPointer } from '../native/ggml.ts';
import { dequantizeRows } from '../native/quantization.ts';
import type { ModelSource, SourceTensor } from './model-source.ts';
import type { LayerWeights, LinearWeights, ModelWeights } from './weights.ts';

/** A tensor of the model, as a file stores it, in F32. */
export interface WeightTensor {
  readonly name: string;
  /** ggml's order: row length first. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Piece {
  readonly name: string;
  readonly shape: readonly number[];
  /** Offset and length in values. */
  readonly start: number;
  readonly count: number;
}

const alignment = 64;
/** Divisors of Llama 3's rope frequencies: given, not learned. */
const ropeFactorsName = 'rope_freqs.weight';

export class FullParameters implements Disposable {
  /** Values in each flat buffer. */
  readonly length: number;
  /** Values that belong to some tensor. */
  readonly trainable: number;
  readonly values: TensorPointer;
  readonly gradient: TensorPointer;
  readonly firstMoment: TensorPointer;
  readonly secondMoment: TensorPointer;
  readonly bytes: number;
  private readonly source: ModelSource;
  private readonly pieces: ReadonlyMap<string, Piece>;
  private readonly ropeFactors: Variable | null;
  private readonly arena = new Arena(8);
  private readonly views: Arena;
  private readonly buffer: BufferPointer;

  /** Reads all tensors of `source`, which stays the caller's. */
  constructor(source: ModelSource, backend: Backend) {
    const ggml = getGgml();
    this.source = source;
    const { pieces, length } = planLayout(source);
    this.pieces = new Map(pieces.map((piece) => [piece.name, piece]));
    this.length = length;
    this.trainable = pieces.reduce((sum, { count }) => sum + count, 0);
    const flat = (): TensorPointer => ggml.newTensor1d(this.arena.context, ggmlType.F32, length);
    this.values = flat();
    this.gradient = flat();
    this.firstMoment = flat();
    this.secondMoment = flat();
    ggml.setParam(this.values);
    const factors = source.tensor(ropeFactorsName);
    this.ropeFactors =
      factors === undefined
        ? null
        : variable(
            ggml.newTensor1d(this.arena.context, ggmlType.F32, factors.shape[0]!),
            shapeOf(...factors.shape),
            ggmlType.F32,
          );
    const buffer = ggml.allocateContext(this.arena.context, backend.pointer);
    if (!buffer) {
      this.arena[Symbol.dispose]();
      throw new TunesmithError('out-of-memory', 'There is not enough memory to train all weights of this model.', {
        advice: 'Choose a smaller model, or train an adapter.',
      });
    }
    this.buffer = buffer;
    ggml.bufferClear(buffer, 0);
    this.bytes = Number(ggml.bufferSize(buffer));
    // Values and gradient of each piece.
    this.views = new Arena(2 * pieces.length + 8);
    this.write(this.values, this.initialValues(pieces));
    if (factors !== undefined) {
      const divisors = readTensor(source, factors);
      ggml.tensorSet(this.ropeFactors!.tensor, divisors, 0, divisors.byteLength);
    }
  }

  /** The network's weights as views into the flat buffers; nothing of its own to dispose. Call it once. */
  weights(exact: boolean): ModelWeights {
    const { config } = this.source;
    const linear = (name: string): LinearWeights => ({
      weight: this.parameter(name),
      backwardWeight: null,
      bias: this.optional(name.replace(/\.weight$/, '.bias')),
    });
    const layers = Array.from({ length: config.layers }, (_, layer): LayerWeights => {
      const block = (part: string): string => `blk.${layer}.${part}.weight`;
      return {
        linears: Object.fromEntries(
          linearNames.map((name) => [name, linear(linearTensorName(layer, name))]),
        ) as unknown as Readonly<Record<LinearName, LinearWeights>>,
        attentionNorm: this.parameter(block('attn_norm')),
        feedForwardNorm: this.parameter(block('ffn_norm')),
        queryNorm: this.optional(block('attn_q_norm')),
        keyNorm: this.optional(block('attn_k_norm')),
        postAttentionNorm: this.optional(block('post_attention_norm')),
        postFeedForwardNorm: this.optional(block('post_ffw_norm')),
      };
    });
    const embedding = this.parameter('token_embd.weight');
    return {
      layers,
      embedding,
      head: config.tiedEmbeddings ? embedding : this.parameter('output.weight'),
      headBackward: null,
      outputNorm: this.parameter('output_norm.weight'),
      ropeFactors: this.ropeFactors,
      weightBytes: this.length * 4,
      backwardBytes: 0,
      exact,
      [Symbol.dispose]: () => {},
    };
  }

  read(tensor: TensorPointer): Float32Array {
    const values = new Float32Array(this.length);
    getGgml().tensorGet(tensor, values, 0, values.byteLength);
    return values;
  }

  write(tensor: TensorPointer, values: Float32Array): void {
    if (values.length !== this.length) {
      throw new TunesmithError('checkpoint-unreadable', 'The saved state belongs to another model.');
    }
    getGgml().tensorSet(tensor, values, 0, values.byteLength);
  }

  zeroGradient(): void {
    getGgml().tensorFill(this.gradient, 0, 0, this.length * 4);
  }

  /** The weights as they are now, in the order of the layout. */
  *tensors(): Generator<WeightTensor> {
    const values = this.read(this.values);
    for (const { name, shape, start, count } of this.pieces.values()) {
      yield { name, shape, values: values.subarray(start, start + count) };
    }
  }

  [Symbol.dispose](): void {
    this.views[Symbol.dispose]();
    getGgml().bufferFree(this.buffer);
    this.arena[Symbol.dispose]();
  }

  private initialValues(pieces: readonly Piece[]): Float32Array {
    const values = new Float32Array(this.length);
    for (const { name, start } of pieces) values.set(readTensor(this.source, this.source.tensor(name)!), start);
    return values;
  }

  private optional(name: string): Variable | null {
    return this.pieces.has(name) ? this.parameter(name) : null;
  }

  private parameter(name: string): Variable {
    const piece = this.pieces.get(name);
    if (piece === undefined) throw new TunesmithError('file-corrupt', `The model lacks the tensor ${name}.`);
    const [n0, n1] = shapeOf(...piece.shape);
    const view = (of: TensorPointer): TensorPointer =>
      getGgml().view2d(this.views.context, of, n0, n1, n0 * 4, piece.start * 4);
    return parameter(view(this.values), view(this.gradient), shapeOf(n0, n1), ggmlType.F32);
  }
}

function planLayout(source: ModelSource) {
  const pieces: Piece[] = [];
  let length = 0;
  for (const name of expectedTensors(source.config).keys()) {
    const tensor = source.tensor(name);
    if (tensor === undefined || name === ropeFactorsName) continue;
    const count = tensor.shape.reduce((product, n) => product * n, 1);
    pieces.push({ name, shape: tensor.shape, start: length, count });
    length += Math.ceil(count / alignment) * alignment;
  }
  return { pieces, length };
}

function readTensor(source: ModelSource, tensor: SourceTensor): Float32Array {
  const bytes = new Uint8Array(tensor.bytes);
  source.read(tensor, bytes, 0);
  const count = tensor.shape.reduce((product, n) => product * n, 1);
  return dequantizeRows(tensor.type, bytes, count);
}
