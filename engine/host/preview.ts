import type { PreviewRow } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { formatExample } from '../chat/format.ts';
import { openChatFormat } from '../chat/open.ts';
import { readExamples } from './dataset.ts';

export interface PreviewInput {
  readonly basePath: string;
  readonly datasetPath: string;
  readonly chatTemplate?: string | undefined;
  readonly maxTokens: number;
  readonly rows?: readonly number[] | undefined;
}

/** The examples as the model reads them, by the same function that training uses. */
export async function* preview(input: PreviewInput, signal: AbortSignal): AsyncGenerator<PreviewRow> {
  using format = openChatFormat(input.basePath, input.chatTemplate);
  const wanted = input.rows === undefined ? undefined : new Set(input.rows);
  const last = input.rows === undefined ? Infinity : Math.max(...input.rows);
  let rows = 0;
  for await (const { row, example } of readExamples(input.datasetPath, signal)) {
    rows = row;
    if (row > last) break;
    if (wanted?.delete(row) === false) continue;
    const { text, tokens, problem } = formatExample(format, example, { index: row - 1, maxTokens: input.maxTokens });
    yield {
      row,
      text,
      tokens: tokens.map(({ id, text: tokenText, role }) => ({ id, text: tokenText, role })),
      ...(problem === null ? {} : { problem: problem.message, advice: problem.advice }),
    };
  }
  const [missing] = wanted ?? [];
  if (missing !== undefined) {
    throw new TunesmithError('bad-request', `There is no row ${missing}: the data set has ${rows}.`, {
      advice: `Choose a row from 1 to ${rows}.`,
    });
  }
}
