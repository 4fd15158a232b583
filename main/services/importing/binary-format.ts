import type { FileHandle } from 'node:fs/promises';
import type { Row } from './format.ts';
import type { Correction, Guess } from './report.ts';

export interface BinaryReading {
  readonly handle: FileHandle;
  readonly file: string;
  readonly bytes: number;
  readonly correction: Correction;
  readonly maxRowChars: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (position: number) => void;
}

/** How a file that is no text will be read, or why it cannot be. `line` of its rows counts rows of the table, from 1. */
export type BinaryPlan =
  | { readonly guess: Guess; readonly rows: AsyncIterable<Row> }
  | { readonly reason: string; readonly hint?: string | undefined };

/** A format of files that are no text. Its parser sees bytes that anybody may have written. */
export interface BinaryFormat {
  readonly name: Guess['format'];
  open(reading: BinaryReading): Promise<BinaryPlan>;
}

/** What these files may unpack to; beyond it they are refused before their parser sees them. */
export const binaryLimits = {
  unpackedBytes: 512 * 1024 * 1024,
  columns: 1024,
  rows: 2_000_000,
  cells: 20_000_000,
} as const;

/** A parser's own complaint, short enough for a list. */
export function complaintOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split('\n');
  return first.length > 140 ? `${first.slice(0, 140)}…` : first;
}
