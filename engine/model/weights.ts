/** The frozen weights on a device: each matrix in the file's type, and its transposed copy where one is needed. */
import { TunesmithError } from '#common/domain/errors.ts';
import { linearNames, type LinearName } from '#common/domain/recipe.ts';
import { requireInt8 } from '../autodiff/operations/product.ts';
import { shapeOf, variable, type Variable } from '../autodiff/variable.ts';
import { linearTensorName } from '../gguf/tensors.ts';
import { Arena } from '../native/arena.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml, ggmlType, type BufferPointer } from '../native/ggml.ts';
import { requireTensor, type ModelSource, type SourceTensor } from './model-source.ts';
import { convertInto } from './convert.ts';
import { isPack, packBytes, packInto } from './packed-weights.ts';
import { transposeInto } from './transpose.ts';
import {
  backwardType,
  isPackable,
  isRepackable,
  kernelType,
  type WeightForm,
  type WeightForms,
} from './weight-types.ts';

export interface LinearWeights {
  readonly weight: Variable;
  readonly backwardWeight: Variable | null;
  readonly bias: Variable | null;
}

export interface LayerWeights {
  readonly linears: Readonly<Record<LinearName, LinearWeights>>;
  readonly attentionNorm: Variable;
  readonly feedForwardNorm: Variable;
  readonly queryNorm: Variable | null;
  readonly keyNorm: Variable | null;
  readonly postAttentionNorm: Variable | null;
  readonly postFeedForwardNorm: Variable | null;
}

export interface ModelWeights extends Disposable {
  readonly layers: readonly LayerWeights[];
  readonly outputNorm: Variable;
  /** The table of the tokens [d,V] where it is trained; null where rows are read from the file. */
  readonly embedding: Variable | null;
  /** The head W [d,V] and its transposed copy, where one is needed. */
  readonly head: Variable;
  readonly headBackward: Variable | null;
  readonly ropeFactors: Variable | null;
  readonly weightBytes: number;
  readonly backwardBytes: number;
  /** True where nothing is rounded on the way: every matrix is F32 and multiplied as such. */
  readonly exact: boolean;
}

export interface LoadOptions {
  /** Whether a gradient must pass through this linear layer to its input. */
  readonly needsBackward: (layer: number, linear: LinearName) => boolean;
  readonly forms: WeightForms;
  /** False for evaluation only. */
  readonly headBackward: boolean;
  readonly onProgress?: (loadedBytes: number, totalBytes: number) => void;
}

interface Job {
  readonly source: SourceTensor;
  readonly forward: Variable;
  readonly backward: Variable | null;
}

/** Loads all weights. Gives the event loop a turn between tensors. */
export async function loadWeights(source: ModelSource, backend: Backend, options: LoadOptions): Promise<ModelWeights> {
  const ggml = getGgml();
  const { config } = source;
  const tensorCount = config.layers * 40 + 16;
  const plain = new Arena(tensorCount);
  const transposed = new Arena(tensorCount);
  const repacked = new Arena(tensorCount);
  const packed = new Arena(tensorCount);
  const repack = backend.extraBufferTypes().find(({ name }) => name === 'CPU_REPACK');
  const jobs: Job[] = [];
  const used = new Set<Arena>();
  let exact = true;

  const make = (arena: Arena, type: number, columns: number, rows: number): Variable => {
    used.add(arena);
    return variable(ggml.newTensor2d(arena.context, type, columns, rows), shapeOf(columns, rows), type);
  };
  const vector = (name: string): Variable => {
    const tensor = requireTensor(source, name);
    const forward = make(plain, ggmlType.F32, tensor.shape[0]!, 1);
    jobs.push({ source: tensor, forward, backward: null });
    return forward;
  };
  const optionalVector = (name: string): Variable | null => (source.tensor(name) === undefined ? null : vector(name));
  const pack = (depth: number, columns: number): Variable => {
    used.add(packed);
    const bytes = requireInt8().packBytes(depth, columns);
    return variable(ggml.newTensor1d(packed.context, ggmlType.I8, bytes), shapeOf(depth, columns), ggmlType.I8);
  };
  const matrix = (name: string, wantsBackward: boolean, form: WeightForm): [Variable, Variable | null] => {
    const tensor = requireTensor(source, name);
    const [columns, rows] = [tensor.shape[0]!, tensor.shape[1]!];
    if (tensor.type !== ggmlType.F32) exact = false;
    if (form === 'packed' && isPackable(tensor.type)) {
      const packs = [pack(columns, rows), wantsBackward ? pack(rows, columns) : null] as const;
      jobs.push({ source: tensor, forward: packs[0], backward: packs[1] });
      return [...packs];
    }
    const oneCopy = form !== 'transposed';
    const useRepack = repack !== undefined && !oneCopy && isRepackable(tensor.type, rows);
    const type = oneCopy ? kernelType(tensor.type) : tensor.type;
    const forward = make(useRepack ? repacked : plain, type, columns, rows);
    const backward =
      wantsBackward && !oneCopy ? make(transposed, backwardType(tensor.type, rows), rows, columns) : null;
    jobs.push({ source: tensor, forward, backward });
    return [forward, backward];
  };

  const layers = Array.from({ length: config.layers }, (_, layer): LayerWeights => {
    const name = (part: string): string => `blk.${layer}.${part}`;
    const linear = (each: LinearName): LinearWeights => {
      const weightName = linearTensorName(layer, each);
      const [weight, backwardWeight] = matrix(weightName, options.needsBackward(layer, each), options.forms.linears);
      return { weight, backwardWeight, bias: optionalVector(weightName.replace(/\.weight$/, '.bias')) };
    };
    return {
      linears: Object.fromEntries(linearNames.map((each) => [each, linear(each)])) as LayerWeights['linears'],
      attentionNorm: vector(name('attn_norm.weight')),
      feedForwardNorm: vector(name('ffn_norm.weight')),
      queryNorm: optionalVector(name('attn_q_norm.weight')),
      keyNorm: optionalVector(name('attn_k_norm.weight')),
      postAttentionNorm: optionalVector(name('post_attention_norm.weight')),
      postFeedForwardNorm: optionalVector(name('post_ffw_norm.weight')),
    };
  });
  const outputNorm = vector('output_norm.weight');
  const ropeFactors = optionalVector('rope_freqs.weight');
  const headName = config.tiedEmbeddings ? 'token_embd.weight' : 'output.weight';
  const [head, headBackward] = matrix(headName, options.headBackward, options.forms.head);

  const buffers: BufferPointer[] = [];
  const allocate = (arena: Arena, from: 'device' | 'repack'): number => {
    if (!used.has(arena)) return 0;
    const buffer =
      from === 'device'
        ? ggml.allocateContext(arena.context, backend.pointer)
        : ggml.allocateContextFrom(arena.context, repack!.pointer);
    if (!buffer) throw outOfMemory(backend);
    ggml.bufferSetUsage(buffer, 1); // GGML_BACKEND_BUFFER_USAGE_WEIGHTS
    buffers.push(buffer);
    return Number(ggml.bufferSize(buffer));
  };
  const dispose = (): void => {
    for (const buffer of buffers.splice(0)) ggml.bufferFree(buffer);
    for (const arena of [plain, transposed, repacked, packed]) arena[Symbol.dispose]();
  };
  try {
    // Packs of both directions lie in one buffer; those of the way back are counted by their own sizes.
    const packedBackward = jobs.reduce(
      (sum, { backward }) => sum + (backward !== null && isPack(backward) ? packBytes(backward) : 0),
      0,
    );
    const plainBytes = allocate(plain, 'device') + allocate(repacked, 'repack');
    const weightBytes = plainBytes + allocate(packed, 'device') - packedBackward;
    const backwardBytes = allocate(transposed, 'device') + packedBackward;
    await fill(source, jobs, options.onProgress);
    return {
      layers,
      outputNorm,
      embedding: null,
      head,
      headBackward,
      ropeFactors,
      weightBytes,
      backwardBytes,
      exact,
      [Symbol.dispose]: dispose,
    };
  } catch (thrown) {
    dispose();
    throw thrown;
  }
}

async function fill(source: ModelSource, jobs: readonly Job[], onProgress: LoadOptions['onProgress']): Promise<void> {
  const ggml = getGgml();
  const totalBytes = jobs.reduce((sum, job) => sum + job.source.bytes, 0);
  let loadedBytes = 0;
  // One buffer for the largest tensor, used again for each: what the collector does not see, it cannot keep.
  const scratch = new Uint8Array(jobs.reduce((most, job) => Math.max(most, job.source.bytes), 0));
  for (const { source: tensor, forward, backward } of jobs) {
    const data = scratch.subarray(0, tensor.bytes);
    source.read(tensor, data, 0);
    if (isPack(forward)) packInto({ ...tensor, data }, forward, backward);
    else if (forward.type === tensor.type || tensor.shape.length === 1) {
      ggml.tensorSet(forward.tensor, data, 0, data.byteLength);
    } else {
      convertInto({ type: tensor.type, data, rowLength: tensor.shape[0]! }, forward.type, (bytes, offset) => {
        ggml.tensorSet(forward.tensor, bytes, offset, bytes.byteLength);
      });
    }
    if (backward !== null && !isPack(backward)) {
      const shape = [tensor.shape[0]!, tensor.shape[1]!] as const;
      transposeInto({ type: tensor.type, data, shape }, backward.type, (bytes, offset) => {
        ggml.tensorSet(backward.tensor, bytes, offset, bytes.byteLength);
      });
    }
    loadedBytes += tensor.bytes;
    onProgress?.(loadedBytes, totalBytes);
    await new Promise(setImmediate);
  }
}

function outOfMemory(backend: Backend): TunesmithError {
  return new TunesmithError(
    'out-of-memory',
    `The model does not fit into the memory of ${backend.device.description}.`,
    {
      advice: 'Close other programs, choose a smaller model, or choose "cpu" as the device.',
    },
  );
}
