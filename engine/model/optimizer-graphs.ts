/** The two small graphs over the flat buffers: the gradient's norm and one AdamW step. Built once. */
import { TunesmithError } from '#common/domain/errors.ts';
import { Arena } from '../native/arena.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml, ggmlType, type AllocatorPointer, type BufferPointer, type GraphPointer } from '../native/ggml.ts';
import type { TensorPointer } from '../native/ggml.ts';
import type { AdamWStep } from './session.ts';

/** Flat buffers of one length. */
export interface FlatState {
  readonly values: TensorPointer;
  readonly gradient: TensorPointer;
  readonly firstMoment: TensorPointer;
  readonly secondMoment: TensorPointer;
}

export class OptimizerGraphs implements Disposable {
  private readonly backend: Backend;
  private readonly constants: Arena;
  private readonly arena: Arena;
  private readonly buffer: BufferPointer;
  private readonly allocators: AllocatorPointer[] = [];
  private readonly hyper: TensorPointer;
  private readonly coefficient: TensorPointer;
  private readonly squares: TensorPointer;
  private readonly normGraph: GraphPointer;
  private readonly stepGraph: GraphPointer;

  constructor(backend: Backend, state: FlatState) {
    const ggml = getGgml();
    this.backend = backend;
    this.constants = new Arena(4);
    this.hyper = ggml.newTensor1d(this.constants.context, ggmlType.F32, 7);
    this.coefficient = ggml.newTensor1d(this.constants.context, ggmlType.F32, 1);
    this.buffer = ggml.allocateContext(this.constants.context, backend.pointer)!;
    this.arena = new Arena(32, 64);
    const c = this.arena.context;
    this.squares = ggml.sum(c, ggml.square(c, state.gradient));
    ggml.setOutput(this.squares);
    this.normGraph = this.allocated(this.squares);
    // The gradient is scaled in place: it is spent after the step, and a copy would cost as much memory again.
    const scaled = ggml.mulInPlace(c, state.gradient, this.coefficient);
    this.stepGraph = this.allocated(
      ggml.adamwStep(c, state.values, scaled, state.firstMoment, state.secondMoment, this.hyper),
    );
  }

  /** Euclidean norm of the gradient buffer. */
  async norm(): Promise<number> {
    await this.backend.compute(this.normGraph);
    const value = new Float32Array(1);
    getGgml().tensorGet(this.squares, value, 0, 4);
    return Math.sqrt(value[0]!);
  }

  /** One decoupled AdamW step (Loshchilov & Hutter 2019); scales the gradient buffer on the way. */
  async step(s: AdamWStep): Promise<void> {
    const set = (tensor: TensorPointer, values: Float32Array): void =>
      getGgml().tensorSet(tensor, values, 0, values.byteLength);
    set(this.coefficient, Float32Array.of(s.gradientScale));
    // ggml wants the bias corrections 1 / (1 - beta^step) ready-made.
    const correction = (beta: number): number => 1 / (1 - beta ** s.step);
    set(
      this.hyper,
      Float32Array.of(
        s.learningRate,
        s.beta1,
        s.beta2,
        s.epsilon,
        s.weightDecay,
        correction(s.beta1),
        correction(s.beta2),
      ),
    );
    await this.backend.compute(this.stepGraph);
  }

  [Symbol.dispose](): void {
    for (const allocator of this.allocators) getGgml().allocatorFree(allocator);
    getGgml().bufferFree(this.buffer);
    this.arena[Symbol.dispose]();
    this.constants[Symbol.dispose]();
  }

  private allocated(result: TensorPointer): GraphPointer {
    const ggml = getGgml();
    const graph = this.arena.newGraph(32);
    ggml.expand(graph, result);
    const allocator = ggml.allocatorNew(this.backend.bufferType);
    this.allocators.push(allocator);
    if (!ggml.allocatorAllocate(allocator, graph)) {
      throw new TunesmithError('out-of-memory', 'There is not enough memory for the optimizer.', {
        advice: 'Choose a smaller rank or fewer target layers.',
      });
    }
    return graph;
  }
}
