/**
 * The transposed copy of a frozen weight that the backward pass multiplies by: column strips of W are decoded,
 * turned, and encoded as rows of Wᵀ, so that only one strip exists in F32 at a time.
 */
import { blockSize, dequantizeRows, quantizeRows, rowBytes } from '../native/quantization.ts';

export interface Matrix {
  readonly type: number;
  readonly data: Uint8Array;
  /** [row length, rows] in ggml's order. */
  readonly shape: readonly [number, number];
}

/** Values of a strip in F32; bounds the memory of a transposition to about twice four times this. */
const stripValues = 4 << 20;

/** Wᵀ in `type`, strip by strip: `emit(bytes, offset)` gets consecutive pieces of the result. */
export function transposeInto(w: Matrix, type: number, emit: (bytes: Uint8Array, offset: number) => void): void {
  const [columns, rows] = w.shape;
  const block = blockSize(w.type);
  const width = Math.min(columns, Math.max(block, Math.floor(stripValues / rows / block) * block));
  const sourceRowBytes = rowBytes(w.type, columns);
  const targetRowBytes = rowBytes(type, rows);
  for (let start = 0; start < columns; start += width) {
    const count = Math.min(width, columns - start);
    const turned = new Float32Array(count * rows);
    const stripBytes = rowBytes(w.type, count);
    const stripOffset = rowBytes(w.type, start);
    // Rows in groups, so that the decoded strip stays in the cache while it is turned.
    const group = Math.max(1, Math.min(rows, Math.floor(65_536 / count)));
    const raw = new Uint8Array(stripBytes * group);
    for (let row = 0; row < rows; row += group) {
      const here = Math.min(group, rows - row);
      for (let i = 0; i < here; i++) {
        const from = (row + i) * sourceRowBytes + stripOffset;
        raw.set(w.data.subarray(from, from + stripBytes), i * stripBytes);
      }
      const values = dequantizeRows(w.type, raw.subarray(0, here * stripBytes), here * count);
      for (let column = 0; column < count; column++) {
        const target = column * rows + row;
        for (let i = 0, from = column; i < here; i++, from += count) turned[target + i] = values[from]!;
      }
    }
    emit(quantizeRows(type, turned, rows), start * targetRowBytes);
  }
}
