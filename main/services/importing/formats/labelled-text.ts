import type { ImportFormat } from '../format.ts';
import type { Correction } from '../report.ts';
import { lineBatches, sampleLines, type Line, type TextSource } from '../text-source.ts';
import { isBlank, isLeadIn, parseLabel } from './labels.ts';
import { judge, learnStyle, type LabelStyle } from './label-style.ts';
import { SectionReader } from './sections.ts';
import type { Row } from '../format.ts';

/** Plain text whose questions and answers stand under labels, or after them. */
export const labelledText: ImportFormat = {
  name: 'labelled-text',
  plan(sample, correction) {
    const style =
      learnStyle(sampleLines(sample), correction.turns) ?? (isForced(correction) ? defaultStyle : undefined);
    if (style === undefined || (style.paired < 0.8 && !isForced(correction))) return undefined;
    const turns = style.ends === 'pair' ? 'single' : 'multi';
    return {
      confidence: style.paired * Math.min(0.95, 0.55 + 0.1 * style.pairs),
      guess: { format: 'labelled-text', description: describeStyle(style), turns },
      rows: (source, note) => readText(source, style, note),
    };
  },
};

const isForced = (correction: Correction): boolean => correction.format === 'labelled-text';

/** The reference style, for a file that holds no pair in its beginning. */
const defaultStyle: LabelStyle = {
  decoration: 'hash',
  user: 'input',
  assistant: 'output',
  context: undefined,
  casing: { user: 'upper', assistant: 'upper' },
  inline: false,
  blank: { user: { before: false, after: false }, assistant: { before: false, after: false } },
  leadIn: false,
  ends: 'pair',
  pairs: 0,
  paired: 0,
};

const ends = {
  pair: 'each pair is one example',
  blank: 'a conversation ends at an empty line',
  'double-blank': 'a conversation ends at two empty lines',
  'lead-in': 'a conversation ends at a dividing line',
  system: 'one conversation, unless a system message begins another',
} as const;

function describeStyle(style: LabelStyle): string {
  return `text with the labels ${labelText(style, 'user')} and ${labelText(style, 'assistant')}; ${ends[style.ends]}`;
}

function labelText(style: LabelStyle, role: 'user' | 'assistant'): string {
  const word = style[role];
  const casing = style.casing[role];
  const written =
    casing === 'upper' ? word.toUpperCase() : casing === 'lower' ? word : word[0]?.toUpperCase() + word.slice(1);
  return style.decoration === 'hash' ? `"# ${written}"` : `"${written}:"`;
}

async function* readText(source: TextSource, style: LabelStyle, note: (text: string) => void): AsyncGenerator<Row> {
  const rows: Row[] = [];
  const reader = new SectionReader(style, source.maxRowChars, (row) => rows.push(row), note);
  for await (const { line, before, after } of withNeighbours(source)) {
    const label = line.tooLong ? undefined : parseLabel(line.text);
    const place = { before: isBlank(before) || isLeadIn(before ?? ''), after: isBlank(after) };
    const judged = label && judge(label, place, style);
    if (label === undefined || judged === undefined) reader.text(line);
    else reader.label(line, label, judged);
    if (rows.length > 0) yield* rows.splice(0);
  }
  reader.end();
  yield* rows;
}

/** Every line with the texts of the lines around it. */
async function* withNeighbours(
  source: TextSource,
): AsyncGenerator<{ readonly line: Line; readonly before: string | undefined; readonly after: string | undefined }> {
  let before: string | undefined;
  let held: Line | undefined;
  for await (const batch of lineBatches(source)) {
    for (const line of batch) {
      if (held !== undefined) {
        yield { line: held, before, after: line.text };
        before = held.text;
      }
      held = line;
    }
  }
  if (held !== undefined) yield { line: held, before, after: undefined };
}
