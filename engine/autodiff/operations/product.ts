/** Matrix products on our own CPU kernels (engine/kernels/product.c), as nodes of a graph. */
import { ggmlType } from '../../native/ggml.ts';
import { loadKernels, type Kernels, type ProductTerm } from '../../native/kernels.ts';
import type { Builder } from '../builder.ts';
import { shapeOf, type Variable } from '../variable.ts';

/**
 * One product of a sum: `rows` Lᵀ·R as `matmul` has it, [K,M] x [K,N]; `columns` [K,M] x [N,K];
 * `leftTurned` [M,K] x [N,K]. All give [N,M]: N contiguous.
 */
export interface Term {
  readonly kind: ProductTerm['kind'];
  readonly left: Variable;
  readonly right: Variable;
  readonly factor: number;
}

/** Sum of the terms in one node. Types: left F32 or BF16 (`kernelOperand`), right F32, F16, BF16 or Q8_0. */
export function product(b: Builder, terms: readonly Term[]): Variable {
  const [first] = terms;
  if (first === undefined) throw new RangeError('product of nothing');
  const rows = first.kind === 'leftTurned' ? first.left.shape[0] : first.left.shape[1];
  const columns = first.kind === 'rows' ? first.right.shape[1] : first.right.shape[0];
  const tensor = requireKernels().product(
    b.context,
    columns,
    rows,
    terms.map(({ kind, left, right, factor }) => ({ kind, left: left.tensor, right: right.tensor, factor })),
  );
  return b.own(tensor, shapeOf(columns, rows));
}

/**
 * What stands on the left of a product with a weight: itself, or its copy in BF16 where `rounded` allows that and
 * the processor multiplies it. Make it once for all products of one input.
 */
export function kernelOperand(b: Builder, x: Variable, rounded: boolean): Variable {
  const pairs = x.shape[0] % 2 === 0;
  return rounded && pairs && requireKernels().multipliesBf16 ? b.cast(x, ggmlType.BF16) : x;
}

export function requireKernels(): Kernels {
  const { kernels, reason } = loadKernels();
  if (kernels === null) throw new Error(`the fast kernels cannot be used: ${reason}`);
  return kernels;
}
