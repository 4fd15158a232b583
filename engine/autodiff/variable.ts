import type { TensorPointer } from '../native/ggml.ts';

/** ggml's `ne`: fastest dimension first, always four entries. */
export type Shape = readonly [number, number, number, number];

/** A tensor in a graph, with what the reverse walk needs to know about it. */
export interface Variable {
  readonly tensor: TensorPointer;
  readonly shape: Shape;
  /** ggml type id. */
  readonly type: number;
  /** True where a gradient with respect to this variable is wanted. */
  needsGradient: boolean;
  /** Sum of the gradients that arrived so far during the reverse walk. */
  gradient: Variable | null;
  /**
   * Where a parameter's gradient is added to, in place; absent for activations. The flat gradient buffer
   * outlives the graph, so that several graphs (micro-batches) accumulate into it.
   */
  readonly gradientSink?: TensorPointer;
}

export function shapeOf(...ne: readonly number[]): Shape {
  return [ne[0] ?? 1, ne[1] ?? 1, ne[2] ?? 1, ne[3] ?? 1];
}

export function elementCount(shape: Shape): number {
  return shape[0] * shape[1] * shape[2] * shape[3];
}

export function variable(tensor: TensorPointer, shape: Shape, type: number): Variable {
  return { tensor, shape, type, needsGradient: false, gradient: null };
}

/** A trainable variable whose gradient is added to `gradientSink` (same shape, F32). */
export function parameter(tensor: TensorPointer, gradientSink: TensorPointer, shape: Shape, type: number): Variable {
  return { tensor, shape, type, needsGradient: true, gradient: null, gradientSink };
}
