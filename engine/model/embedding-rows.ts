/**
 * Rows of the embedding (or of the head, for the labels) straight from the model's file: a few hundred rows a
 * step cost less than a millisecond, work for every tensor type on every device, and need no plain copy of the
 * table in device memory.
 */
import { dequantizeRows } from '../native/quantization.ts';
import { tensorRowBytes, type ModelSource, type SourceTensor } from './model-source.ts';

/** The rows `ids` of a table [d,V] as F32 [d,n]. */
export function readRows(source: ModelSource, table: SourceTensor, ids: Int32Array): Float32Array {
  const d = table.shape[0]!;
  const bytesPerRow = tensorRowBytes(table);
  const raw = new Uint8Array(bytesPerRow * ids.length);
  const firstUse = new Map<number, number>();
  ids.forEach((id, i) => {
    const target = raw.subarray(i * bytesPerRow, (i + 1) * bytesPerRow);
    const before = firstUse.get(id);
    if (before === undefined) {
      source.read(table, target, id * bytesPerRow);
      firstUse.set(id, i);
    } else target.set(raw.subarray(before * bytesPerRow, (before + 1) * bytesPerRow));
  });
  return dequantizeRows(table.type, raw, d * ids.length);
}
