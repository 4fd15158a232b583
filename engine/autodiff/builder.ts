/**
 * Emits ggml nodes and keeps their shapes on the JavaScript side. Knows nothing of gradients.
 *
 * While `eager` is set every new node is put into the graph at once: in a backward pass this fixes the order of
 * computation to the order of creation, so that ggml's allocator can reuse memory as soon as a value is spent.
 */
import { getGgml, ggmlType, type ContextPointer, type Ggml, type GraphPointer } from '../native/ggml.ts';
import { elementCount, shapeOf, variable, type Shape, type Variable } from './variable.ts';

export interface RopeSettings {
  /** Rotated values per head. */
  readonly dimensions: number;
  readonly mode: number;
  readonly base: number;
  /** 1 / linear scaling factor. */
  readonly frequencyScale: number;
  /** Divisors of the frequencies (Llama 3's `rope_freqs`), or null. */
  readonly frequencyFactors: Variable | null;
  readonly originalContext: number;
}

type UnaryName = 'square' | 'squareRoot' | 'log' | 'tanh' | 'sigmoid' | 'silu';
type BinaryName = 'add' | 'sub' | 'mul' | 'div';

export class Builder {
  readonly context: ContextPointer;
  readonly graph: GraphPointer;
  eager = false;
  private readonly ggml: Ggml;

  constructor(context: ContextPointer, graph: GraphPointer) {
    this.context = context;
    this.graph = graph;
    this.ggml = getGgml();
  }

  /** Puts a node, and all it depends on, into the graph now. */
  expand(v: Variable): Variable {
    this.ggml.expand(this.graph, v.tensor);
    return v;
  }

  /** Keeps the allocator from reusing a result's memory, so that it can be read after the computation. */
  output(v: Variable): Variable {
    this.ggml.setOutput(v.tensor);
    return this.expand(v);
  }

  // Matrix products. `matmul(a, b)`: aᵀ·b, [k,m] x [k,n] -> [m,n]; `outer(a, b)`: a·bᵀ, [m,k] x [n,k] -> [m,n].

  matmul(a: Variable, b: Variable): Variable {
    return this.node(
      this.ggml.matmul(this.context, a.tensor, b.tensor),
      shapeOf(a.shape[1], b.shape[1], b.shape[2], b.shape[3]),
    );
  }

  outer(a: Variable, b: Variable): Variable {
    return this.node(
      this.ggml.outerProduct(this.context, a.tensor, b.tensor),
      shapeOf(a.shape[0], b.shape[0], b.shape[2], b.shape[3]),
    );
  }

  // Element-wise; `b` may be broadcast to `a`.

  binary(name: BinaryName, a: Variable, b: Variable): Variable {
    return this.node(this.ggml[name](this.context, a.tensor, b.tensor), a.shape);
  }

  unary(name: UnaryName, a: Variable): Variable {
    return this.node(this.ggml[name](this.context, a.tensor), a.shape);
  }

  add(a: Variable, b: Variable): Variable {
    return this.binary('add', a, b);
  }

  sub(a: Variable, b: Variable): Variable {
    return this.binary('sub', a, b);
  }

  mul(a: Variable, b: Variable): Variable {
    return this.binary('mul', a, b);
  }

  div(a: Variable, b: Variable): Variable {
    return this.binary('div', a, b);
  }

  scale(a: Variable, factor: number): Variable {
    return this.node(this.ggml.scale(this.context, a.tensor, factor), a.shape);
  }

  /** factor x a + bias. */
  affine(a: Variable, factor: number, bias: number): Variable {
    return this.node(this.ggml.scaleBias(this.context, a.tensor, factor, bias), a.shape);
  }

  /** Adds to a tensor that lives outside the graph's own memory (the gradient buffer). */
  addInto(target: Variable['tensor'], value: Variable): void {
    this.ggml.expand(this.graph, this.ggml.addInPlace(this.context, target, value.tensor));
  }

  /** Adds `part` [a,n,c] to rows [start, start+n) of dimension 1 of a contiguous `whole` [a,m,c], in place. */
  addToRange(whole: Variable, part: Variable, start: number): Variable {
    const [a, m] = whole.shape;
    const sum = this.ggml.accumulateInPlace(
      this.context,
      whole.tensor,
      part.tensor,
      a * 4,
      a * m * 4,
      elementCount(whole.shape) * 4,
      start * a * 4,
    );
    return this.node(sum, whole.shape);
  }

  sum(a: Variable): Variable {
    return this.node(this.ggml.sum(this.context, a.tensor), shapeOf(1));
  }

  /** Sum over dimension 0. */
  sumRows(a: Variable): Variable {
    return this.node(this.ggml.sumRows(this.context, a.tensor), shapeOf(1, a.shape[1], a.shape[2], a.shape[3]));
  }

  argmax(a: Variable): Variable {
    return this.node(this.ggml.argmax(this.context, a.tensor), shapeOf(a.shape[1]), ggmlType.I32);
  }

  // Layout

  contiguous(a: Variable): Variable {
    return this.node(this.ggml.cont(this.context, a.tensor), a.shape, a.type);
  }

  /** Contiguous copy in another type. */
  cast(a: Variable, type: number): Variable {
    return this.node(this.ggml.cast(this.context, a.tensor, type), a.shape, type);
  }

  /** Contiguous copy, cast where the type differs. */
  copy(a: Variable, type: number): Variable {
    return type === a.type ? this.contiguous(a) : this.cast(a, type);
  }

  transposed(a: Variable): Variable {
    const [n0, n1, n2, n3] = a.shape;
    return variable(this.ggml.transpose(this.context, a.tensor), [n1, n0, n2, n3], a.type);
  }

  /** Dimension `i` of `a` becomes dimension `order[i]`, as ggml_permute. A view. */
  permuted(a: Variable, order: readonly [number, number, number, number]): Variable {
    const shape: [number, number, number, number] = [1, 1, 1, 1];
    order.forEach((to, from) => (shape[to as 0] = a.shape[from as 0]));
    return variable(this.ggml.permute(this.context, a.tensor, ...order), shape, a.type);
  }

  reshape(a: Variable, ...ne: readonly number[]): Variable {
    const shape = shapeOf(...ne);
    return variable(this.ggml.reshape4d(this.context, a.tensor, ...shape), shape, a.type);
  }

  /** Entries [start, start+count) of the last of `dims` dimensions of a contiguous F32/I32 tensor. A view. */
  slice(a: Variable, dims: 1 | 2 | 3, start: number, count: number): Variable {
    const [n0, n1] = a.shape;
    const c = this.context;
    if (dims === 1) return variable(this.ggml.view1d(c, a.tensor, count, start * 4), shapeOf(count), a.type);
    if (dims === 2) {
      return variable(this.ggml.view2d(c, a.tensor, n0, count, n0 * 4, start * n0 * 4), shapeOf(n0, count), a.type);
    }
    return variable(
      this.ggml.view3d(c, a.tensor, n0, n1, count, n0 * 4, n0 * n1 * 4, start * n0 * n1 * 4),
      shapeOf(n0, n1, count),
      a.type,
    );
  }

  /** A view of a contiguous 3-D tensor that keeps [start, start+count) of dimension `dim` (0 or 1). */
  window(a: Variable, dim: 0 | 1, start: number, count: number): Variable {
    const [n0, n1, n2] = a.shape;
    const size = bytesPerValue(a.type);
    const shape = dim === 0 ? shapeOf(count, n1, n2) : shapeOf(n0, count, n2);
    const offset = dim === 0 ? start * size : start * n0 * size;
    return variable(
      this.ggml.view3d(this.context, a.tensor, shape[0], shape[1], n2, n0 * size, n0 * n1 * size, offset),
      shape,
      a.type,
    );
  }

  /** Columns [start, start+count) of dimension 0 of a contiguous 2-D tensor. A view. */
  columns(a: Variable, start: number, count: number): Variable {
    const [n0, n1] = a.shape;
    const view = this.ggml.view2d(this.context, a.tensor, count, n1, n0 * 4, start * 4);
    return variable(view, shapeOf(count, n1), a.type);
  }

  getRows(a: Variable, indices: Variable): Variable {
    return this.node(this.ggml.getRows(this.context, a.tensor, indices.tensor), shapeOf(a.shape[0], indices.shape[0]));
  }

  /** A table of the shape of `like`, zero but for `rows`, each added to the row its index names. */
  scatterRows(rows: Variable, indices: Variable, like: Variable): Variable {
    return this.node(this.ggml.getRowsBack(this.context, rows.tensor, indices.tensor, like.tensor), like.shape);
  }

  /** Concatenates along a dimension, pairwise, so that n parts cost log2(n) copies of the whole. */
  concat(parts: readonly Variable[], dim: number): Variable {
    const [first] = parts;
    if (first === undefined) throw new RangeError('concat of nothing');
    if (parts.length === 1) return first;
    const middle = Math.ceil(parts.length / 2);
    const a = this.concat(parts.slice(0, middle), dim);
    const b = this.concat(parts.slice(middle), dim);
    const shape: [number, number, number, number] = [...a.shape];
    shape[dim as 0] = a.shape[dim as 0] + b.shape[dim as 0];
    return this.node(this.ggml.concat(this.context, a.tensor, b.tensor, dim), shape, a.type);
  }

  // Network operations

  rmsNorm(x: Variable, epsilon: number): Variable {
    return this.node(this.ggml.rmsNorm(this.context, x.tensor, epsilon), x.shape);
  }

  rmsNormBack(gradient: Variable, x: Variable, epsilon: number): Variable {
    return this.node(this.ggml.rmsNormBack(this.context, gradient.tensor, x.tensor, epsilon), x.shape);
  }

  swiglu(gate: Variable, up: Variable): Variable {
    return this.node(this.ggml.swigluSplit(this.context, gate.tensor, up.tensor), gate.shape);
  }

  geglu(gate: Variable, up: Variable): Variable {
    return this.node(this.ggml.gegluSplit(this.context, gate.tensor, up.tensor), gate.shape);
  }

  siluBack(gradient: Variable, x: Variable): Variable {
    return this.node(this.ggml.siluBack(this.context, gradient.tensor, x.tensor), x.shape);
  }

  /** softmax(scale x a + mask) over dimension 0. */
  softmax(a: Variable, mask: Variable | null, scale: number): Variable {
    const tensor =
      mask === null && scale === 1
        ? this.ggml.softmax(this.context, a.tensor)
        : this.ggml.softmaxExt(this.context, a.tensor, mask?.tensor ?? null, scale, 0);
    return this.node(tensor, a.shape);
  }

  softmaxBack(gradient: Variable, y: Variable, scale: number): Variable {
    return this.node(this.ggml.softmaxExtBack(this.context, gradient.tensor, y.tensor, scale, 0), y.shape);
  }

  rope(x: Variable, positions: Variable, r: RopeSettings): Variable {
    return this.rotate('rope', x, positions, r);
  }

  ropeBack(gradient: Variable, positions: Variable, r: RopeSettings): Variable {
    return this.rotate('ropeBack', gradient, positions, r);
  }

  private rotate(name: 'rope' | 'ropeBack', x: Variable, positions: Variable, r: RopeSettings): Variable {
    const tensor = this.ggml[name](
      this.context,
      x.tensor,
      positions.tensor,
      r.frequencyFactors?.tensor ?? null,
      r.dimensions,
      r.mode,
      r.originalContext,
      r.base,
      r.frequencyScale,
      0, // no YaRN extrapolation
      1, // no YaRN attention factor
      32, // YaRN's betas, unused with extrapolation 0
      1,
    );
    return this.node(tensor, x.shape);
  }

  /** A node that was made elsewhere (our own kernels). */
  own(tensor: Variable['tensor'], shape: Shape, type: number = ggmlType.F32): Variable {
    return this.node(tensor, shape, type);
  }

  private node(tensor: Variable['tensor'], shape: Shape, type: number = ggmlType.F32): Variable {
    if (this.eager) this.ggml.expand(this.graph, tensor);
    return variable(tensor, shape, type);
  }
}

function bytesPerValue(type: number): number {
  return type === ggmlType.BF16 || type === ggmlType.F16 ? 2 : 4;
}
