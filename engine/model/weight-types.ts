/**
 * Which type a weight has on a device, and which its transposed copy: one table of rules.
 *
 * For ggml's own products a weight is never re-quantized: forward it is used in the file's own type (repacked for the CPU's faster
 * kernels where ggml has them for that very type: the values stay the same). The transposed copy is exact for
 * F32, BF16 for 16-bit files (gradient cosine with F32 0.99999), Q8_0 for quantized ones (0.9999).
 */
import type { OperationSet } from '../autodiff/operation-set.ts';
import { ggmlType } from '../native/ggml.ts';
import { loadKernels } from '../native/kernels.ts';
import { blockSize } from '../native/quantization.ts';

export function backwardType(weightType: number, outFeatures: number): number {
  if (weightType === ggmlType.F32) return ggmlType.F32;
  if (weightType === ggmlType.F16 || weightType === ggmlType.BF16) return ggmlType.BF16;
  return outFeatures % blockSize(ggmlType.Q8_0) === 0 ? ggmlType.Q8_0 : ggmlType.BF16;
}

/**
 * The type of the one copy that our own kernels read in both directions: the file's own where they read it, Q8_0 for
 * smaller ones (of which the transposed copy would be Q8_0 too; the rounding is the same).
 */
export function kernelType(weightType: number): number {
  const own: readonly number[] = [ggmlType.F32, ggmlType.F16, ggmlType.BF16, ggmlType.Q8_0];
  return own.includes(weightType) ? weightType : ggmlType.Q8_0;
}

/**
 * How frozen matrices are kept:
 *   transposed  in the file's own type, and a transposed copy of those that a gradient passes: for ggml's own products
 *   one copy    read in both directions by our own kernels (`kernelType`)
 *   packed      in 8 bits, in the order in which our kernels read them, once for each direction: the fastest, 1.125
 *               bytes a weight and direction. Matrices that are not quantized stay in one copy
 */
export type WeightForm = 'transposed' | 'oneCopy' | 'packed';

export interface WeightForms {
  readonly linears: WeightForm;
  readonly head: WeightForm;
}

/** `packed` counts where our own kernels multiply in 8 bits on this processor. */
export function weightForms(operations: OperationSet, packed: boolean): WeightForms {
  const form = ({ readsWeightsBothWays = false }: { readonly readsWeightsBothWays?: boolean }): WeightForm =>
    !readsWeightsBothWays ? 'transposed' : packed && loadKernels().kernels?.int8 ? 'packed' : 'oneCopy';
  return { linears: form(operations.linears), head: form(operations.crossEntropy) };
}

/** Packing must not round what the file does not: blocks of 8 bits hold Q8_0 and smaller. */
export function isPackable(weightType: number): boolean {
  return kernelType(weightType) === ggmlType.Q8_0;
}

/** Types that ggml's CPU_REPACK buffers hold, and only with rows in groups of eight. */
export function isRepackable(weightType: number, rows: number): boolean {
  return (weightType === ggmlType.Q4_0 || weightType === ggmlType.Q4_K) && rows % 8 === 0;
}
