/** Data sets as the processes hand them to each other: one JSON `Example` a line. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { TunesmithError } from '#common/domain/errors.ts';
import { exampleSchema, type Example } from '#common/domain/example.ts';
import type { ChatFormat } from '../chat/chat-format.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import { encodeExample } from '../chat/format.ts';
import { renderPrompt } from '../chat/prompt.ts';
import type { AnswerPrompt } from '../train/job.ts';

export interface DatasetRow {
  /** 1-based. */
  readonly row: number;
  readonly example: Example;
}

/** Streams a data set. Throws `file-not-found`, or `file-corrupt` naming the line that is no example. */
export async function* readExamples(datasetPath: string, signal: AbortSignal): AsyncGenerator<DatasetRow> {
  const stream = createReadStream(datasetPath, { encoding: 'utf8' });
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  let line = 0;
  let row = 0;
  try {
    for await (const text of lines) {
      signal.throwIfAborted();
      line += 1;
      if (text === '') continue;
      row += 1;
      yield { row, example: parseLine(text, datasetPath, line) };
    }
  } catch (error) {
    if (error instanceof TunesmithError || signal.aborted) throw error;
    throw new TunesmithError('file-not-found', `The data set ${datasetPath} cannot be read.`, {
      advice: 'Import the examples again.',
      cause: error,
    });
  } finally {
    lines.close();
    stream.destroy();
  }
}

function parseLine(text: string, datasetPath: string, line: number): Example {
  try {
    return exampleSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new TunesmithError('file-corrupt', `Line ${line} of the data set ${datasetPath} is not an example.`, {
      advice: 'Import the examples again.',
      cause: error,
    });
  }
}

export interface EncodedDataset {
  readonly sequences: readonly EncodedSequence[];
  readonly prompts: readonly AnswerPrompt[];
}

export interface EncodeOptions {
  readonly maxTokens: number;
  /** Also the prompt and the expected text of each example's last answer. */
  readonly prompts: boolean;
}

/** Encodes a data set once. Throws `data-unusable` naming the row that cannot be learned, `data-empty`. */
export async function encodeDataset(
  format: ChatFormat,
  datasetPath: string,
  options: EncodeOptions,
  signal: AbortSignal,
): Promise<EncodedDataset> {
  const sequences: EncodedSequence[] = [];
  const prompts: AnswerPrompt[] = [];
  for await (const { row, example } of readExamples(datasetPath, signal)) {
    sequences.push(...encodeExample(format, example, { index: row - 1, maxTokens: options.maxTokens }));
    if (options.prompts) prompts.push(...answerPrompt(format, example));
  }
  if (sequences.length === 0) {
    throw new TunesmithError('data-empty', `There is no example in ${datasetPath}.`, {
      advice: 'Import some examples first.',
    });
  }
  return { sequences, prompts };
}

/** The question before an example's last answer; none where it has no answer. */
export function answerPrompt(format: ChatFormat, example: Example): readonly AnswerPrompt[] {
  const at = example.messages.findLastIndex((message) => message.role === 'assistant');
  const expected = example.messages[at]?.content;
  if (expected === undefined) return [];
  const before = example.messages.slice(0, at);
  const prompt = before.findLast((message) => message.role === 'user')?.content ?? '';
  return [{ prompt, expected, ids: [...renderPrompt(format, before).ids] }];
}
