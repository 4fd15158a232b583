import path from 'node:path';
import type { Finding } from '../doctor/finding.ts';
import type { RawText } from './raw-text.ts';

/** How a file's text is laid out. A new format adds its name here and one line to the table in formats.ts. */
export const formatNames = [
  'json-lines',
  'json',
  'delimited',
  'workbook',
  'parquet',
  'labelled-text',
  'markdown',
  'paired-files',
] as const;
export type FormatName = (typeof formatNames)[number];

/** Which fields of a record hold what. Names as in the file; a file without header numbers them '1', '2', ... */
export interface Columns {
  readonly question: string;
  readonly answer: string;
  readonly system?: string | undefined;
  /** Extra text the question is about; follows the question after an empty line (Alpaca's `input`). */
  readonly context?: string | undefined;
}

/** What a person may set where the guess is wrong. Everything absent is guessed from the content. */
export interface Correction {
  readonly format?: FormatName | undefined;
  /** Any name iconv-lite knows, such as 'utf-8', 'windows-1252', 'utf-16le'. */
  readonly encoding?: string | undefined;
  /** Of CSV and its relatives. */
  readonly delimiter?: string | undefined;
  /** Whether the first row of a table names its columns. */
  readonly header?: boolean | undefined;
  readonly columns?: Columns | undefined;
  /** The name of the list to read, for a JSON object that holds several. */
  readonly list?: string | undefined;
  /** The name of the sheet to read, for a workbook that holds several. */
  readonly sheet?: string | undefined;
  /** Labelled text: is each pair an example of its own, or do pairs follow each other in conversations? */
  readonly turns?: 'single' | 'multi' | undefined;
  /** Accept malformed JSON as jsonrepair reads it. Never done unasked: the report shows what it would give. */
  readonly repair?: boolean | undefined;
}

/** What was understood of one file. */
export interface Guess {
  readonly format: FormatName;
  /** The guess in a lay person's words: "JSON lines, one conversation in OpenAI's form a line". */
  readonly description: string;
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly columns?: Columns | undefined;
  readonly list?: string | undefined;
  readonly sheet?: string | undefined;
  /** All sheets of a workbook, in its order. */
  readonly sheets?: readonly string[] | undefined;
  /** Names of all columns that a table has, for choosing others. */
  readonly columnNames?: readonly string[] | undefined;
  readonly turns?: 'single' | 'multi' | undefined;
}

export interface FileReport extends Partial<Omit<Guess, 'format'>> {
  /** Path of the file (of the question's file, for paired files). */
  readonly file: string;
  /** null where the file was not understood at all; the reason is then among the rejected. */
  readonly format: FormatName | null;
  readonly encoding: string | null;
  readonly examples: number;
  readonly rejected: number;
  /** Lines that could have been read another way: worth a look, nothing was lost. */
  readonly notes: readonly string[];
}

export interface Rejection {
  readonly file: string;
  /** 1-based line where the rejected row begins; null where the whole file is meant. */
  readonly line: number | null;
  /** True where `line` counts the rows of a table rather than the lines of a text. */
  readonly isRow?: boolean | undefined;
  /** In a lay person's words. */
  readonly reason: string;
  /** What would make it readable, where that is known. */
  readonly hint?: string | undefined;
  /** True where the correction `repair` would make an example of it. */
  readonly isRepairable?: boolean | undefined;
  /** What stands there; of the first `rawLimit` rows. */
  readonly raw?: RawText | undefined;
}

/** The file's own name and the line or row that is meant, for messages. */
export function placeOf({ file, line, isRow }: Rejection): string {
  return line === null ? path.basename(file) : `${path.basename(file)}, ${isRow === true ? 'row' : 'line'} ${line}`;
}

export interface ImportReport {
  readonly examples: number;
  /** The canonical data set: one JSON `Example` a line, UTF-8. */
  readonly datasetPath: string;
  /** Of the bytes of `datasetPath`, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  readonly files: readonly FileReport[];
  /** At most `rejectionLimit` of them; `rejectedCount` counts all. */
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
  readonly findings: readonly Finding[];
}

/** More rejected rows than this are counted but not listed, so that a huge wrong file cannot fill the memory. */
export const rejectionLimit = 100_000;

/** Rows beyond this are listed without their text. */
export const rawLimit = 2000;

export interface ImportProgress {
  readonly stage: 'reading' | 'examining';
  readonly file: string;
  readonly completedBytes: number;
  readonly totalBytes: number;
  readonly examples: number;
}

export interface ImportOptions extends Correction {
  /** Where the canonical data set is written. Replaced atomically, and only when the import succeeded. */
  readonly outPath: string;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Corrections for single files, by absolute path; they win over the ones above. */
  readonly perFile?: ReadonlyMap<string, Correction> | undefined;
  /** Most characters of one row; longer rows are rejected. */
  readonly maxRowChars?: number | undefined;
  /** Examine the result for duplicates, contradictions, secrets and so on. Default true. */
  readonly examine?: boolean | undefined;
}

/** Four million characters are about a million tokens: far beyond what any small model can learn from one example. */
export const defaultMaxRowChars = 4_194_304;
