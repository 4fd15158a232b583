import type { LoraPair } from './adapter.ts';

/**
 * Adds `scale * B A` to rows of a weight: `values` holds whole rows of `pair.inFeatures`, the first of which is row
 * `firstRow` of the weight. Sums are formed in double precision and rounded to F32 once per four ranks.
 */
export function addLowRank(values: Float32Array, firstRow: number, pair: LoraPair, scale: number): void {
  const { a, b, rank, inFeatures } = pair;
  const rows = values.length / inFeatures;
  for (let row = 0; row < rows; row++) {
    const start = row * inFeatures;
    const coefficients = (firstRow + row) * rank;
    // Four ranks a pass: a quarter of the trips through the row.
    for (let j = 0; j < rank; j += 4) {
      const b0 = scale * (b[coefficients + j] ?? 0);
      const b1 = j + 1 < rank ? scale * (b[coefficients + j + 1] ?? 0) : 0;
      const b2 = j + 2 < rank ? scale * (b[coefficients + j + 2] ?? 0) : 0;
      const b3 = j + 3 < rank ? scale * (b[coefficients + j + 3] ?? 0) : 0;
      const a0 = j * inFeatures;
      // Beyond the last rank the coefficient is zero: any row of A will do.
      const a1 = j + 1 < rank ? a0 + inFeatures : a0;
      const a2 = j + 2 < rank ? a1 + inFeatures : a0;
      const a3 = j + 3 < rank ? a2 + inFeatures : a0;
      for (let i = 0; i < inFeatures; i++) {
        // The indices are in range by construction; `?? 0` would halve the speed.
        values[start + i]! += b0 * a[a0 + i]! + b1 * a[a1 + i]! + b2 * a[a2 + i]! + b3 * a[a3 + i]!;
      }
    }
  }
}
