/** Frozen weights packed for our kernels' products in 8 bits (engine/kernels/int8.inc.h), at load. */
import { requireInt8, requireKernels } from '../autodiff/operations/product.ts';
import type { Variable } from '../autodiff/variable.ts';
import { ggmlType } from '../native/ggml.ts';
import { dequantizeRows, rowBytes } from '../native/quantization.ts';

export interface StoredMatrix {
  readonly type: number;
  readonly data: Uint8Array;
  /** [in,out]: `out` rows of `in` values. */
  readonly shape: readonly number[];
}

/** Values at once where they pass through F32. */
const pieceValues = 1 << 18;

/** Rows of one piece must be whole blocks. */
const blockRows = 32;

export function isPack(weight: Variable): boolean {
  return weight.type === ggmlType.I8;
}

/** Bytes of a pack of [depth,columns]. */
export function packBytes({ shape: [depth, columns] }: Variable): number {
  return requireInt8().packBytes(depth, columns);
}

/**
 * Writes W to its packs for W x and (or null) for Wᵀ dy. The first holds the values of Q8_0 as they are, and smaller
 * types as nearly as Q8_0 can (engine/kernels/q8.inc.h).
 */
export function packInto({ type, data, shape }: StoredMatrix, forward: Variable, backward: Variable | null): void {
  const int8 = requireInt8();
  const [inFeatures, outFeatures] = [shape[0]!, shape[1]!];
  const stored = rowBytes(type, inFeatures);
  const atOnce = Math.max(blockRows, Math.floor(pieceValues / inFeatures / blockRows) * blockRows);
  for (let first = 0; first < outFeatures; first += atOnce) {
    const count = Math.min(atOnce, outFeatures - first);
    const piece = data.subarray(first * stored, (first + count) * stored);
    const values = count * inFeatures;
    const bytes = type === ggmlType.Q8_0 ? piece : requireKernels().q8(dequantizeRows(type, piece, values));
    int8.pack(
      {
        type: ggmlType.Q8_0,
        bytes,
        rowBytes: rowBytes(ggmlType.Q8_0, inFeatures),
        inFeatures,
        outFeatures,
        first,
        count,
      },
      forward.tensor,
      backward?.tensor ?? null,
    );
  }
}
