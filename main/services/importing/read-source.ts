import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { joinTrimmed } from './blank-lines.ts';
import { detectEncoding, type TextEncodingResult } from './encoding.ts';
import type { ReadingPlan, Row } from './format.ts';
import { parquet } from './formats/parquet.ts';
import { workbook } from './formats/workbook.ts';
import { choosePlan } from './formats.ts';
import type { Correction, Guess } from './report.ts';
import { openProblem, type Source } from './sources.ts';
import { readSample, textSource, type TextSource } from './text-source.ts';

/** A source that was understood, ready to be streamed; or why not. */
export type OpenedSource =
  | {
      readonly kind: 'readable';
      readonly guess: Guess;
      /** null where the file is no text. */
      readonly encoding: string | null;
      readonly rows: AsyncIterable<Row>;
      /** True where the lines of `rows` count the rows of a table. */
      readonly countsRows?: boolean;
    }
  | { readonly kind: 'rejected'; readonly reason: string; readonly hint?: string | undefined };

export interface ReadOptions {
  readonly correction: Correction;
  readonly maxRowChars: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (position: number) => void;
  readonly note: (text: string) => void;
}

/** Opens a source, finds its encoding and format, hands it to `use`, and closes it whatever happens. */
export async function withSource<T>(
  source: Source,
  options: ReadOptions,
  use: (opened: OpenedSource) => Promise<T>,
): Promise<T> {
  if (source.kind === 'pair') return use(await openPair(source, options));
  let handle: FileHandle;
  try {
    handle = await open(source.file, 'r');
  } catch (error) {
    return use({ kind: 'rejected', reason: openProblem(source.file, error, false) });
  }
  try {
    return await use(await understand(source.file, handle, options));
  } finally {
    await handle.close();
  }
}

async function understand(file: string, handle: FileHandle, options: ReadOptions): Promise<OpenedSource> {
  const { correction, signal, maxRowChars, onBytes, note } = options;
  const detected = await detectEncoding(handle, { forced: correction.encoding, signal });
  if (detected.kind === 'empty') return { kind: 'rejected', reason: 'The file is empty.' };
  if (detected.kind === 'binary') return understandBinary(file, handle, options, detected);
  const { encoding, damagedLines } = detected;
  const sampled = await readSample(
    textSource(handle, { file, encoding, maxRowChars, signal }),
    path.extname(file).toLowerCase(),
  );
  if (sampled.text.trim() === '') return { kind: 'rejected', reason: 'The file holds nothing but empty lines.' };
  const plan = choosePlan(sampled, correction);
  if (plan === undefined) return notUnderstood(sampled.text);
  const text = textSource(handle, { file, encoding, maxRowChars, signal, onBytes });
  return { kind: 'readable', guess: plan.guess, encoding, rows: soundRows(plan, text, damagedLines, note) };
}

const binaryFormats = [workbook, parquet] as const;

async function understandBinary(
  file: string,
  handle: FileHandle,
  options: ReadOptions,
  detected: Extract<TextEncodingResult, { kind: 'binary' }>,
): Promise<OpenedSource> {
  const format = binaryFormats.find(({ name }) => name === detected.what.format);
  if (format === undefined) return binaryRejection(detected);
  const { correction, maxRowChars, signal, onBytes } = options;
  const { size: bytes } = await handle.stat();
  const plan = await format.open({ file, handle, bytes, correction, maxRowChars, signal, onBytes });
  return 'reason' in plan
    ? { kind: 'rejected', reason: plan.reason, hint: plan.hint }
    : { kind: 'readable', guess: plan.guess, encoding: null, rows: plan.rows, countsRows: true };
}

function binaryRejection(detected: Extract<TextEncodingResult, { kind: 'binary' }>): OpenedSource {
  return { kind: 'rejected', reason: `The file is ${detected.what.name}. ${detected.what.advice}` };
}

function notUnderstood(text: string): OpenedSource {
  const longLine = !text.includes('\n') && text.length > 100_000 ? ' It is one very long line.' : '';
  return {
    kind: 'rejected',
    reason: `No examples were recognised in it.${longLine} Tried: JSON, JSON lines, tables (CSV, TSV), Markdown with questions as headings, and text with labels such as "# INPUT" / "# OUTPUT" or "Q:" / "A:".`,
    hint: 'If it holds examples, choose its format by hand, or put a label before each question and each answer.',
  };
}

/** Rows that touch a line with bytes that are no text in the file's encoding are rejected: their text is damaged. */
async function* soundRows(
  plan: ReadingPlan,
  text: TextSource,
  damagedLines: readonly number[],
  note: (text: string) => void,
): AsyncGenerator<Row> {
  let next = 0;
  for await (const row of plan.rows(text, note)) {
    if (!('messages' in row)) {
      yield row;
      continue;
    }
    while ((damagedLines[next] ?? Infinity) < row.line) next += 1;
    const damaged = damagedLines[next] ?? Infinity;
    if (damaged > row.endLine) yield row;
    else {
      const { line, endLine } = row;
      yield {
        line,
        endLine,
        reason: `Line ${damaged} holds bytes that are no characters in UTF-8, the encoding of the rest of the file.`,
        hint: 'Save the file again as UTF-8, or choose its encoding by hand (often windows-1252).',
      };
    }
  }
}

/** Texts longer than any example: an answer of this size is not what its name says. */
const pairLimitBytes = 16 * 1024 * 1024;

async function openPair(source: Extract<Source, { kind: 'pair' }>, options: ReadOptions): Promise<OpenedSource> {
  const question = await readWhole(source.file, options);
  const answer = await readWhole(source.answerFile, options);
  options.onBytes(source.bytes);
  if ('reason' in question) return { kind: 'rejected', reason: question.reason };
  if ('reason' in answer) return { kind: 'rejected', reason: `${path.basename(source.answerFile)}: ${answer.reason}` };
  const messages = [
    { role: 'user', content: question.text },
    { role: 'assistant', content: answer.text },
  ] as const;
  const row: Row = { line: 1, endLine: 1, messages };
  return {
    kind: 'readable',
    encoding: question.encoding,
    guess: {
      format: 'paired-files',
      description: `question in ${path.basename(source.file)}, answer in ${path.basename(source.answerFile)}`,
    },
    rows: (async function* () {
      yield row;
    })(),
  };
}

async function readWhole(
  file: string,
  { correction, maxRowChars, signal }: ReadOptions,
): Promise<{ readonly text: string; readonly encoding: string } | { readonly reason: string }> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    return { reason: openProblem(file, error, false) };
  }
  try {
    if ((await handle.stat()).size > pairLimitBytes) return { reason: 'The file is too large for one example.' };
    const detected = await detectEncoding(handle, { forced: correction.encoding, signal });
    if (detected.kind === 'empty') return { reason: 'The file is empty.' };
    if (detected.kind === 'binary') return { reason: `The file is ${detected.what.name}.` };
    const [damaged] = detected.damagedLines;
    if (damaged !== undefined) return { reason: `Line ${damaged} holds bytes that are no characters in UTF-8.` };
    let text = '';
    for await (const chunk of textSource(handle, { file, encoding: detected.encoding, maxRowChars, signal }).chunks())
      text += chunk;
    return { text: joinTrimmed(text.split('\n')), encoding: detected.encoding };
  } finally {
    await handle.close();
  }
}
