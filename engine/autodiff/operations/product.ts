/** Matrix products on our own CPU kernels (engine/kernels/product.c), as nodes of a graph. */
import { ggmlType } from '../../native/ggml.ts';
import { loadKernels, type Int8Kernels, type Kernels, type ProductTerm } from '../../native/kernels.ts';
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

/**
 * Sum of the terms in one node. Types: left F32, BF16 or 8 bits (`kernelOperand`); right F32, F16, BF16, Q8_0 or packed
 * (I8, of the kind `rows` whatever it was made from).
 */
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
 * What stands on the left of a product with a weight of a type: itself; where the weight is rounded anyway, its copy
 * in 8 bits (for Q8_0 and packed weights) or in BF16, if the processor multiplies that. Make it once for all products
 * of one input (`kernelOperands`).
 */
export function kernelOperand(b: Builder, x: Variable, weightType: number): Variable {
  const type = operandType(x, weightType);
  if (type === ggmlType.F32) return x;
  if (type === ggmlType.BF16) return b.cast(x, type);
  const [depth, rows] = x.shape;
  return b.own(requireInt8().rows(b.context, depth, rows, x.tensor), x.shape, ggmlType.I8);
}

/** `kernelOperand` for any number of weights: each form of `x` is made once. */
export function kernelOperands(b: Builder, x: Variable): (weightType: number) => Variable {
  const made = new Map<number, Variable>();
  return (weightType) => {
    const type = operandType(x, weightType);
    const operand = made.get(type) ?? kernelOperand(b, x, weightType);
    made.set(type, operand);
    return operand;
  };
}

function operandType(x: Variable, weightType: number): number {
  const { int8, multipliesBf16 } = requireKernels();
  if (int8 !== null && (weightType === ggmlType.I8 || weightType === ggmlType.Q8_0)) return ggmlType.I8;
  return weightType !== ggmlType.F32 && multipliesBf16 && x.shape[0] % 2 === 0 ? ggmlType.BF16 : ggmlType.F32;
}

/** The way back through a frozen weight, Wᵀ dy: by its own pack where there is one, else by W itself. */
export function wayBack(operand: Variable, weight: Variable, backwardWeight: Variable | null): Term {
  return backwardWeight === null
    ? { kind: 'columns', left: operand, right: weight, factor: 1 }
    : { kind: 'rows', left: operand, right: backwardWeight, factor: 1 };
}

export function requireInt8(): Int8Kernels {
  const { int8 } = requireKernels();
  if (int8 === null) throw new Error('this processor does not multiply in 8 bits');
  return int8;
}

export function requireKernels(): Kernels {
  const { kernels, reason } = loadKernels();
  if (kernels === null) throw new Error(`the fast kernels cannot be used: ${reason}`);
  return kernels;
}
