import type { ExampleRow } from '#common/contract/app/examples.ts';
import type { Message } from '#common/domain/example.ts';
import { words } from '../../copy/index.ts';
import { fileName } from '../../ui/format.ts';

/** The two texts of a row that the table shows: the first question and the last answer. */
export const cells = ['question', 'answer'] as const;
export type Cell = (typeof cells)[number];

/** The conversation with another text in that cell. */
export function withCell(messages: readonly Message[], cell: Cell, text: string): Message[] {
  const at =
    cell === 'question'
      ? messages.findIndex(({ role }) => role === 'user')
      : messages.findLastIndex(({ role }) => role === 'assistant');
  return messages.map((message, index) => (index === at ? { ...message, content: text } : message));
}

export function questionOf(row: ExampleRow | undefined): string {
  return row?.messages.find(({ role }) => role === 'user')?.content ?? '';
}

export function answerOf(row: ExampleRow | undefined): string {
  return row?.messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
}

/** "faq.csv, line 7"; "example 12" for what was typed. */
export function placeOf(row: ExampleRow | undefined): string {
  if (row === undefined) return '';
  const { source } = row;
  if (source === undefined) return words.examples.editTitle(row.row);
  const name = fileName(source.file);
  if (source.line !== undefined) return words.examples.line(name, source.line);
  return source.row === undefined ? name : words.examples.row(name, source.row);
}
