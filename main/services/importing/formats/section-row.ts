import type { Message } from '#common/domain/example.ts';
import { joinTrimmed } from '../blank-lines.ts';
import { tooLongReason, type Row } from '../format.ts';
import { excerpt, type RawText } from '../raw-text.ts';
import type { Judgement, LabelStyle } from './label-style.ts';
import { isBlank, isLeadIn, type LabelRole } from './labels.ts';

/** A label and the text under it. */
export interface Section {
  readonly role: LabelRole;
  /** The label as written, for messages and for putting it back as text. */
  readonly written: string;
  readonly line: number;
  endLine: number;
  readonly lines: string[];
  /** Text stood on the label's own line: the first of `lines`. */
  readonly inline: boolean;
  chars: number;
  tooLong: boolean;
  readonly judgement: Judgement;
}

/** The sections of one example as a row, or the reason why they are none. */
export function rowOf(sections: readonly Section[], style: LabelStyle, maxRowChars: number): Row {
  const first = sections[0]?.line ?? null;
  const place = { line: first, endLine: sections.at(-1)?.endLine ?? null };
  const reason = problem(sections, maxRowChars);
  const raw = (): RawText => excerpt(sections.flatMap(textLines).join('\n'));
  if (reason !== undefined || first === null || place.endLine === null) return { ...place, reason: reason ?? '', raw };
  return { line: first, endLine: place.endLine, messages: messagesOf(sections, style), raw };
}

/** As they stand in the file: a label may have its text on its own line. */
function textLines({ written, inline, lines }: Section): readonly string[] {
  if (!inline) return [written, ...lines];
  const [own = '', ...rest] = lines;
  return [`${written.trimEnd()} ${own.trimStart()}`, ...rest];
}

function problem(sections: readonly Section[], maxRowChars: number): string | undefined {
  const last = sections.at(-1);
  if (sections.some(({ tooLong }) => tooLong)) return tooLongReason(maxRowChars);
  const answer = sections.find(({ role }) => role === 'assistant');
  const question = sections.find(({ role }) => role === 'user');
  if (question === undefined && answer !== undefined) {
    return `This answer ("${answer.written.trim().slice(0, 60)}") has no question before it.`;
  }
  return last?.role === 'assistant'
    ? undefined
    : `This question ("${last?.written.trim().slice(0, 60)}") has no answer after it.`;
}

function messagesOf(sections: readonly Section[], style: LabelStyle): readonly Message[] {
  const messages: Message[] = [];
  let context = '';
  for (const section of sections) {
    const content = contentOf(section, style);
    const last = messages.at(-1);
    if (section.role === 'user') {
      messages.push({ role: 'user', content: joinParts(context, content) });
      context = '';
    } else if (section.role !== 'context') messages.push({ role: section.role, content });
    else if (last?.role === 'user')
      messages[messages.length - 1] = { role: 'user', content: joinParts(last.content, content) };
    else context = content;
  }
  return messages;
}

const joinParts = (first: string, second: string): string => [first, second].filter((text) => text !== '').join('\n\n');

/** A dividing line before the next example is no part of the answer. */
function contentOf({ lines, role }: Section, style: LabelStyle): string {
  const divided = role === 'assistant' && (style.leadIn || style.ends === 'lead-in');
  let end = lines.length;
  while (divided && end > 0 && (isBlank(lines[end - 1]) || isLeadIn(lines[end - 1] ?? ''))) end -= 1;
  return joinTrimmed(lines.slice(0, end));
}
