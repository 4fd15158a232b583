/**
 * When is an answer right? The text form of a check is the command line's `--check SPEC`; docs/checks.md explains each
 * kind to people. `regex` and `command` can run for long, so the engine judges them (engine/host).
 */
import { distance } from 'fastest-levenshtein';
import { formatCommand, splitCommand } from './command-words.ts';
import { assertNever, TunesmithError } from './errors.ts';
import type { CheckSpec } from './recipe.ts';

export interface CheckedAnswer {
  readonly prompt: string;
  /** The example's own answer. */
  readonly expected: string;
  readonly answer: string;
}

export interface Verdict {
  readonly passed: boolean;
  /** Why not, in words; absent where it passed. */
  readonly why?: string;
}

/** Checks that compare texts, without any program. */
export type TextCheck = Extract<CheckSpec, { kind: 'similar' | 'exact' | 'contains' | 'json' }>;

/**
 * An answer is `similar` where at most one character in ten would have to change (edit similarity: 1 - edits / length
 * of the longer text). High enough that another number, name or line of code in a short answer fails.
 */
export const similarityThreshold = 0.9;

/** Reads `similar`, `exact`, `contains`, `json`, `regex:PATTERN` or `command:PROGRAM ARGS`. Throws `bad-request`. */
export function parseCheckSpec(text: string): CheckSpec {
  const [, kind = '', rest] = /^([a-z]+)(?::(.*))?$/s.exec(text.trim()) ?? [];
  switch (kind) {
    case 'similar':
    case 'exact':
    case 'contains':
    case 'json':
      if (rest !== undefined) throw badSpec(`The check “${kind}” takes nothing after it.`);
      return { kind };
    case 'regex':
      return parseRegex(rest ?? '');
    case 'command': {
      const [program, ...args] = splitCommand(rest ?? '');
      if (program === undefined || program === '') throw badSpec('The check “command:” names no program.');
      return { kind, program, args };
    }
    default:
      throw badSpec(`There is no check “${text}”.`);
  }
}

/** The text that `parseCheckSpec` reads back as the same check. */
export function formatCheckSpec(spec: CheckSpec): string {
  switch (spec.kind) {
    case 'similar':
    case 'exact':
    case 'contains':
    case 'json':
      return spec.kind;
    case 'regex':
      return `regex:${spec.pattern}`;
    case 'command':
      return `command:${formatCommand([spec.program, ...spec.args])}`;
    default:
      return assertNever(spec, 'check');
  }
}

/** Pure: the same texts always get the same verdict. */
export function judge(spec: TextCheck, { expected, answer }: CheckedAnswer): Verdict {
  switch (spec.kind) {
    case 'similar':
      return judgeSimilar(oneSpaced(expected), oneSpaced(answer));
    case 'exact':
      return verdict(trimmed(answer) === trimmed(expected), 'The answer is not the same text.');
    case 'contains': {
      const part = oneSpaced(expected);
      if (part === '') return verdict(false, 'The example has no answer to look for.');
      return verdict(oneSpaced(answer).includes(part), 'The expected text is not in the answer.');
    }
    case 'json':
      return judgeJson(expected, answer);
    default:
      return assertNever(spec, 'check');
  }
}

/** 1 for equal texts, 0 where nothing fits; two empty texts are equal. */
export function editSimilarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - distance(a, b) / longer;
}

function judgeSimilar(expected: string, answer: string): Verdict {
  // Lengths alone can rule it out; comparing two very long texts would take long.
  const longer = Math.max(expected.length, answer.length);
  const shorter = Math.min(expected.length, answer.length);
  const possible = longer === 0 ? 1 : shorter / longer;
  if (possible < similarityThreshold) return verdict(false, 'The answer is much longer or shorter than expected.');
  const similarity = editSimilarity(expected, answer);
  const percent = Math.floor(similarity * 100);
  return verdict(
    similarity >= similarityThreshold,
    `The answer is ${percent} % like the expected one; ${similarityThreshold * 100} % are needed.`,
  );
}

function judgeJson(expected: string, answer: string): Verdict {
  const found = parseJson(answer);
  if (found === undefined) return verdict(false, 'The answer is not valid JSON.');
  const wanted = parseJson(expected);
  if (wanted === undefined) return verdict(true, '');
  return verdict(sameJson(wanted.value, found.value), 'The answer is JSON, but not with the expected values.');
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Equal values; the order of an object's keys does not count. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return (
    left.size === right.size && [...left].every(([key, value]) => right.has(key) && sameJson(value, right.get(key)))
  );
}

function parseRegex(pattern: string): CheckSpec {
  if (pattern === '') throw badSpec('The check “regex:” has no pattern.');
  const unreadable = whyUnreadable(pattern);
  if (unreadable !== null) throw badSpec(`The pattern ${pattern} cannot be read: ${unreadable}.`);
  return { kind: 'regex', pattern };
}

function whyUnreadable(pattern: string): string | null {
  try {
    RegExp(pattern, 'u');
    return null;
  } catch (cause) {
    return (cause as Error).message;
  }
}

function verdict(passed: boolean, why: string): Verdict {
  return passed ? { passed } : { passed, why };
}

/** For comparing wording: each run of white space counts as one space, and none counts at the ends. */
function oneSpaced(text: string): string {
  return text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
}

/** For comparing texts as they are, but for white space at the ends and the kind of line break. */
function trimmed(text: string): string {
  return text.normalize('NFC').replaceAll(/\r\n?/g, '\n').trim();
}

function badSpec(message: string): TunesmithError {
  return new TunesmithError('bad-request', message, {
    advice: 'Use similar, exact, contains, json, regex:PATTERN or command:PROGRAM ARGS.',
  });
}
