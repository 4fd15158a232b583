/** Runs the graphs of packs on a backend, one after the other, in memory that is kept between them. */
import { TunesmithError } from '#common/domain/errors.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml, type AllocatorPointer, type TensorPointer } from '../native/ggml.ts';
import type { PackGraph } from './pack-graph.ts';
import type { PackInputs } from './pack-inputs.ts';
import type { PackResult } from './session.ts';

export class PackRunner implements Disposable {
  private readonly backend: Backend;
  private readonly allocator: AllocatorPointer;

  constructor(backend: Backend) {
    this.backend = backend;
    this.allocator = getGgml().allocatorNew(backend.bufferType);
  }

  get computeBytes(): number {
    return Number(getGgml().allocatorSize(this.allocator, 0));
  }

  /** Throws `out-of-memory`; rejects with `cancelled` when `signal` fires. */
  async run(graph: PackGraph, signal?: AbortSignal): Promise<void> {
    const ggml = getGgml();
    const buffer = ggml.allocateContext(graph.inputArena.context, this.backend.pointer);
    if (!buffer) throw outOfMemory();
    try {
      if (!ggml.allocatorAllocate(this.allocator, graph.graph)) throw outOfMemory();
      for (const { tensor, values } of graph.inputs) ggml.tensorSet(tensor, values, 0, values.byteLength);
      await this.backend.compute(graph.graph, signal);
    } finally {
      ggml.bufferFree(buffer);
    }
  }

  /** Bytes of activations that a graph would need, without allocating them. */
  measure(graph: PackGraph): number {
    const ggml = getGgml();
    const allocator = ggml.allocatorNew(this.backend.bufferType);
    const sizes = new BigUint64Array(1);
    ggml.allocatorMeasure(allocator, graph.graph, null, null, sizes);
    ggml.allocatorFree(allocator);
    return Number(sizes[0]);
  }

  [Symbol.dispose](): void {
    getGgml().allocatorFree(this.allocator);
  }
}

/** Result of a graph in mode `train` that was run. */
export function trainResult(graph: PackGraph, inputs: PackInputs, lossScale: number): PackResult {
  return { ...sums(inputs), lossSum: -scalar(graph.loss!) / lossScale, correct: 0 };
}

/** Result of a graph in mode `evaluate` that was run. */
export function evaluateResult(graph: PackGraph, inputs: PackInputs): PackResult {
  let correct = 0;
  let row = 0;
  for (const { tensor, count } of graph.predictions) {
    const predicted = new Int32Array(count);
    getGgml().tensorGet(tensor, predicted, 0, predicted.byteLength);
    for (const token of predicted) {
      if (inputs.weights[row]! > 0 && token === inputs.labels[row]) correct++;
      row++;
    }
  }
  return { ...sums(inputs), lossSum: -scalar(graph.loss!), correct };
}

function sums(inputs: PackInputs): Pick<PackResult, 'weight' | 'learned' | 'tokens'> {
  let weight = 0;
  let learned = 0;
  for (const each of inputs.weights) {
    weight += each;
    if (each === 1) learned++;
  }
  return { weight, learned, tokens: inputs.tokens };
}

function scalar(tensor: TensorPointer): number {
  const value = new Float32Array(1);
  getGgml().tensorGet(tensor, value, 0, 4);
  return value[0]!;
}

function outOfMemory(): TunesmithError {
  return new TunesmithError('out-of-memory', 'There is not enough memory for a training step.', {
    advice: 'Close other programs, use shorter examples, or switch gradient checkpointing on.',
  });
}
