import {
  assistantWords,
  contextWords,
  isBlank,
  isLeadIn,
  isSystemWord,
  parseLabel,
  speakerWords,
  userWords,
  type Casing,
  type Label,
  type LabelRole,
} from './labels.ts';

/** How one file writes its labels, learned from its beginning. */
export interface LabelStyle {
  readonly decoration: Label['decoration'];
  readonly user: string;
  readonly assistant: string;
  readonly context: string | undefined;
  readonly casing: Readonly<Record<'user' | 'assistant', Casing>>;
  /** Text usually follows on the label's own line. */
  readonly inline: boolean;
  /** Which sides of a label are usually empty lines. */
  readonly blank: Readonly<Record<'user' | 'assistant', Surroundings>>;
  /** Examples are usually parted by a rule, "Example 3" or the like. */
  readonly leadIn: boolean;
  /** Where a conversation ends: after each pair, at an empty line, at two, at a rule, or only at a system message. */
  readonly ends: 'pair' | 'blank' | 'double-blank' | 'lead-in' | 'system';
  readonly pairs: number;
  /** Labels that found their partner, of all: 0 to 1. */
  readonly paired: number;
}

interface Surroundings {
  readonly before: boolean;
  readonly after: boolean;
}

interface Seen {
  readonly label: Label;
  readonly index: number;
  readonly blanksBefore: number;
  readonly leadInBefore: boolean;
  readonly before: boolean;
  readonly after: boolean;
}

/** The style under which the most labels pair up, or undefined where none pairs at all. */
export function learnStyle(lines: readonly string[], turns: 'single' | 'multi' | undefined): LabelStyle | undefined {
  const seen = collect(lines);
  const styles: LabelStyle[] = [];
  for (const decoration of ['hash', 'colon'] as const) {
    const here = seen.filter(({ label }) => label.decoration === decoration);
    const words = new Set(here.map(({ label }) => label.word));
    for (const user of userWords) {
      if (!words.has(user)) continue;
      for (const assistant of assistantWords) {
        if (words.has(assistant)) styles.push(describeStyle(decoration, user, assistant, here, words, turns));
      }
    }
  }
  // Where instructions, inputs and responses all pair up, the input belongs to the instruction.
  return styles
    .filter(({ pairs }) => pairs > 0)
    .toSorted(
      (a, b) =>
        b.pairs * b.paired - a.pairs * a.paired || Number(b.context !== undefined) - Number(a.context !== undefined),
    )[0];
}

function collect(lines: readonly string[]): readonly Seen[] {
  const seen: Seen[] = [];
  lines.forEach((line, index) => {
    const label = parseLabel(line);
    if (label === undefined) return;
    let back = index - 1;
    while (back >= 0 && isBlank(lines[back])) back -= 1;
    const leadInBefore = back >= 0 && isLeadIn(lines[back] ?? '');
    seen.push({
      label,
      index,
      blanksBefore: index - 1 - back,
      leadInBefore,
      before: index === 0 || back < index - 1 || leadInBefore,
      after: isBlank(lines[index + 1]),
    });
  });
  return seen;
}

function describeStyle(
  decoration: Label['decoration'],
  user: string,
  assistant: string,
  seen: readonly Seen[],
  words: ReadonlySet<string>,
  turns: 'single' | 'multi' | undefined,
): LabelStyle {
  const users = seen.filter(({ label }) => label.word === user);
  const assistants = seen.filter(({ label }) => label.word === assistant);
  const both = [...users, ...assistants];
  const casing = { user: usualCasing(users), assistant: usualCasing(assistants) };
  const inline = share(both, ({ label }) => label.inline !== '') >= 0.5;
  const sure = seen.filter(
    ({ label }) =>
      (label.word === user && fitsCasing(label, casing.user, inline)) ||
      (label.word === assistant && fitsCasing(label, casing.assistant, inline)),
  );
  const pairs = sure.filter(({ label }, at) => label.word === user && sure[at + 1]?.label.word === assistant).length;
  // The last question's answer may lie beyond the sample.
  const judged = sure.length - (sure.at(-1)?.label.word === user ? 1 : 0);
  const sureUsers = sure.filter(({ label }) => label.word === user);
  const sureAssistants = sure.filter(({ label }) => label.word === assistant);
  const context = contextWords.find((word) => word !== user && word !== assistant && words.has(word));
  return {
    decoration,
    user,
    assistant,
    context: user.startsWith('instruction') || user === 'question' || user === 'task' ? context : undefined,
    casing,
    inline,
    blank: { user: surroundings(sureUsers), assistant: surroundings(sureAssistants) },
    leadIn: sureUsers.length > 1 && share(sureUsers.slice(1), ({ leadInBefore }) => leadInBefore) >= 0.8,
    ends: conversationEnds(sure, user, turns),
    pairs,
    paired: judged === 0 ? 0 : (2 * pairs) / judged,
  };
}

function fitsCasing(label: Label, usual: Casing, inline: boolean): boolean {
  if (label.decoration === 'colon') return label.casing === usual;
  if (label.inline !== '' && !inline) return label.casing === 'upper';
  return label.casing === usual || label.casing === 'upper';
}

function usualCasing(seen: readonly Seen[]): Casing {
  const counts = { upper: 0, title: 0, lower: 0, mixed: 0 };
  for (const { label } of seen) counts[label.casing] += 1;
  const order: readonly Casing[] = ['upper', 'title', 'lower', 'mixed'];
  return order.toSorted((a, b) => counts[b] - counts[a])[0] ?? 'upper';
}

function surroundings(seen: readonly Seen[]): Surroundings {
  return { before: share(seen, ({ before }) => before) >= 0.8, after: share(seen, ({ after }) => after) >= 0.8 };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}

/** Up to this many pairs without any mark between them are one conversation; more are taken as separate examples. */
const longestUnmarkedConversation = 6;

function conversationEnds(
  sure: readonly Seen[],
  user: string,
  turns: 'single' | 'multi' | undefined,
): LabelStyle['ends'] {
  if (turns === 'single' || (turns === undefined && !speakerWords.has(user))) return 'pair';
  const follows = sure.filter(({ label }, at) => at > 0 && label.word === user && sure[at - 1]?.label.word !== user);
  const replies = sure.filter(({ label }) => label.word !== user);
  const count = (test: (seen: Seen) => boolean): number => follows.filter(test).length;
  if (count(({ leadInBefore }) => leadInBefore) > 0) return 'lead-in';
  const double = count(({ blanksBefore }) => blanksBefore >= 2);
  if (double > 0 && double < follows.length) return 'double-blank';
  const none = count(({ blanksBefore }) => blanksBefore === 0);
  if (none > 0 && none < follows.length) return 'blank';
  if (turns === 'multi') return 'system';
  const airy = share(replies, ({ blanksBefore }) => blanksBefore > 0) >= 0.5;
  if (none === 0 && !airy && follows.length > 0) return 'pair';
  return follows.length < longestUnmarkedConversation ? 'system' : 'pair';
}

export interface Judgement {
  readonly role: LabelRole;
  readonly certainty: 'sure' | 'possible';
  /** It has empty lines around it where the file's labels usually have. */
  readonly inPlace: boolean;
}

/** How sure it is that a label in its place is one, and whose. Undefined: it is text. */
export function judge(label: Label, place: Surroundings, style: LabelStyle): Judgement | undefined {
  if (label.decoration !== style.decoration) return undefined;
  const role = roleOf(label.word, style);
  if (role === undefined) return undefined;
  const side = role === 'assistant' ? 'assistant' : 'user';
  if (label.decoration === 'hash' && label.inline !== '' && !style.inline && label.casing !== 'upper') return undefined;
  const usual = style.blank[side];
  const inPlace = (!usual.before || place.before) && (!usual.after || place.after || label.inline !== '');
  const sure = fitsCasing(label, style.casing[side], style.inline);
  return { role, certainty: sure ? 'sure' : 'possible', inPlace };
}

function roleOf(word: string, style: LabelStyle): LabelRole | undefined {
  if (word === style.user) return 'user';
  if (word === style.assistant) return 'assistant';
  if (word === style.context) return 'context';
  return isSystemWord(word) ? 'system' : undefined;
}
