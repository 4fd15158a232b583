/** A frozen weight in another type, some rows at a time, so that little of it exists in F32 at once. */
import { ggmlType } from '../native/ggml.ts';
import { loadKernels } from '../native/kernels.ts';
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
    const values = dequantizeRows(from.type, bytes, count * from.rowLength);
    const { kernels } = loadKernels();
    const converted =
      type === ggmlType.Q8_0 && kernels !== null ? kernels.q8(values) : quantizeRows(type, values, from.rowLength);
    emit(converted, row * targetRow);
  }
}
