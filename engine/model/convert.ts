/** A frozen weight in another type, some rows at a time, so that little of it exists in F32 at once. */
import { dequantizeRows, quantizeRows, rowBytes } from '../native/quantization.ts';

export interface StoredRows {
  readonly type: number;
  readonly data: Uint8Array;
  /** Values in a row. */
  readonly rowLength: number;
}

/** Values in F32 at once. */
const pieceValues = 1 << 20;

/** `emit(bytes, offset)` gets consecutive pieces of the result. */
export function convertInto(from: StoredRows, type: number, emit: (bytes: Uint8Array, offset: number) => void): void {
  const sourceRow = rowBytes(from.type, from.rowLength);
  const targetRow = rowBytes(type, from.rowLength);
  const rows = from.data.byteLength / sourceRow;
  const atOnce = Math.max(1, Math.floor(pieceValues / from.rowLength));
  for (let row = 0; row < rows; row += atOnce) {
    const count = Math.min(atOnce, rows - row);
    const bytes = from.data.subarray(row * sourceRow, (row + count) * sourceRow);
    emit(quantizeRows(type, dequantizeRows(from.type, bytes, count * from.rowLength), from.rowLength), row * targetRow);
  }
}
