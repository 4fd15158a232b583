import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { binaryLimits, complaintOf, type BinaryFormat, type BinaryPlan, type BinaryReading } from '../binary-format.ts';
import type { Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import { planRecords, type RecordPlan } from '../records.ts';

/** Parquet tables, as Hugging Face data sets are published: read one group of rows at a time. */
export const parquet: BinaryFormat = {
  name: 'parquet',
  async open(reading): Promise<BinaryPlan> {
    const { correction, signal } = reading;
    const file = bufferOf(reading);
    try {
      const metadata = await parquetMetadataAsync(file);
      const refusal = refusalOf(metadata);
      if (refusal !== undefined) return { reason: refusal, hint: 'Export the part with the examples as JSON lines.' };
      const columnNames = parquetSchema(metadata).children.map(({ element }) => element.name);
      const sample = await readRows(file, metadata, 0, Math.min(100, Number(metadata.num_rows)));
      if (sample.length === 0) return { reason: 'The Parquet table has no rows.' };
      const records = planRecords(sample, correction);
      return {
        guess: {
          format: 'parquet',
          description: `Parquet table; ${records.description}`,
          columns: records.columns,
          columnNames,
        },
        rows: rowsOf(file, metadata, records, reading),
      };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      return { reason: damaged(error), hint };
    }
  },
};

const hint = 'Fetch or export the file again.';
const damaged = (error: unknown): string => `This Parquet file is damaged or cut off (${complaintOf(error)}).`;

/** hyparquet asks for pieces of the file; one outside it is an error rather than a wait. */
function bufferOf({ handle, bytes }: BinaryReading): AsyncBuffer {
  return {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const from = start < 0 ? bytes + start : start;
      const to = end < 0 ? bytes + end : end;
      const length = to - from;
      if (!(from >= 0 && to <= bytes && length >= 0) || length > binaryLimits.unpackedBytes) {
        throw new Error('it points beyond its own end');
      }
      const buffer = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(buffer, done, length - done, from + done);
        if (bytesRead === 0) throw new Error('it ends too early');
        done += bytesRead;
      }
      return buffer.buffer;
    },
  };
}

/** What the file says of itself decides how much memory its reading takes. */
function refusalOf(metadata: FileMetaData): string | undefined {
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (rows !== Number(metadata.num_rows)) return 'This Parquet file is damaged (its counts of rows disagree).';
  if (rows > binaryLimits.rows) return `The table has more than ${binaryLimits.rows / 1e6} million rows.`;
  for (const { columns, num_rows } of metadata.row_groups) {
    if (columns.length > binaryLimits.columns) return `The table has more than ${binaryLimits.columns} columns.`;
    let bytes = 0;
    for (const { meta_data } of columns) {
      bytes += Number(meta_data?.total_uncompressed_size ?? 0);
      if (Number(meta_data?.num_values ?? 0) > binaryLimits.cells || Number(num_rows) < 0) {
        return 'This Parquet file is damaged (a column claims an impossible number of values).';
      }
    }
    if (bytes > binaryLimits.unpackedBytes) {
      return `A group of rows unpacks to more than ${binaryLimits.unpackedBytes / 1024 / 1024} megabytes.`;
    }
  }
  return undefined;
}

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<readonly unknown[]> {
  const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors });
  return rows.map(plain);
}

async function* rowsOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  records: RecordPlan,
  { maxRowChars, signal, onBytes, bytes }: BinaryReading,
): AsyncGenerator<Row> {
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    signal?.throwIfAborted();
    const end = start + Number(num_rows);
    let group: readonly unknown[];
    try {
      group = await readRows(file, metadata, start, end);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      yield { line: start + 1, endLine: end, reason: `Rows ${start + 1} to ${end}: ${damaged(error)}`, hint };
      start = end;
      continue;
    }
    for (const [index, record] of group.entries()) {
      const line = start + index + 1;
      const converted = records.convert(record);
      const chars =
        'messages' in converted ? converted.messages.reduce((sum, { content }) => sum + content.length, 0) : 0;
      if (chars > maxRowChars) yield { line, endLine: line, reason: tooLongReason(maxRowChars) };
      else yield { line, endLine: line, ...converted };
    }
    start = end;
    onBytes(Math.round((bytes * start) / Math.max(1, Number(metadata.num_rows))));
  }
}

/** Values as JSON would hold them. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (ArrayBuffer.isView(value)) return value instanceof Uint8Array ? '' : [...(value as unknown as number[])];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}
