/*
 * Recognising lines such as "# INPUT", "#Output 3:", "### Response:", "Q: ..." or "**User:** ..." for what they
 * could be. Whether one really is a label in this file, or a comment in somebody's code, is decided in
 * label-style.ts from what the file usually does.
 */

export type LabelRole = 'user' | 'assistant' | 'system' | 'context';
export type Casing = 'upper' | 'title' | 'lower' | 'mixed';

export interface Label {
  /** "# INPUT" or "Input:". */
  readonly decoration: 'hash' | 'colon';
  /** Lower case. */
  readonly word: string;
  readonly casing: Casing;
  readonly colon: boolean;
  /** Text that follows on the same line; '' where the label stands alone. */
  readonly inline: string;
}

export const userWords: readonly string[] = [
  'input',
  'prompt',
  'question',
  'instruction',
  'instructions',
  'user',
  'human',
  'query',
  'request',
  'problem',
  'task',
  'customer',
  'client',
  'q',
  'in',
  'frage',
  'eingabe',
  'pregunta',
  'entrada',
  'domanda',
  'demande',
];
export const assistantWords: readonly string[] = [
  'output',
  'completion',
  'response',
  'answer',
  'assistant',
  'reply',
  'solution',
  'result',
  'expected',
  'bot',
  'ai',
  'gpt',
  'model',
  'agent',
  'a',
  'out',
  'antwort',
  'ausgabe',
  'respuesta',
  'salida',
  'risposta',
  'réponse',
  'reponse',
];
const systemWords: readonly string[] = ['system', 'system prompt', 'system message'];
export const contextWords: readonly string[] = ['input', 'context'];
/** Speakers of a conversation: their pairs follow each other. The other words ask and answer once. */
export const speakerWords: ReadonlySet<string> = new Set(['user', 'human', 'customer', 'client']);

export const isSystemWord = (word: string): boolean => systemWords.includes(word);

const anyWord = [...new Set([...userWords, ...assistantWords, ...systemWords, ...contextWords])]
  .toSorted((a, b) => b.length - a.length)
  .join('|');

const number = String.raw`[#№]?[(\[]?\d+(?:\s*[/.]\s*\d+)?[)\]]?`;
const leadingNumber = String.raw`(?:(?:example|beispiel|item|no\.?|nr\.?)?\s*${number}\s*[.:)\]\-–—]*\s*)?`;
const trailingNumber = String.raw`(?:[\s_\-–—]*(?:example|no\.?|nr\.?|number)?\s*${number})?`;

/** "# INPUT", "#INPUT:", "## Input #3", "# 3. INPUT", "# INPUT (3/196) ##", "# INPUT: text". */
const hashLabel = new RegExp(
  String.raw`^ {0,3}#{1,6}\s*[*_]{0,2}[\[<]?${leadingNumber}(${anyWord})${trailingNumber}[\]>]?[*_]{0,2}\s*(:|：|-|–|—|=|\.)?[*_]{0,2}[ \t]*#*[ \t]*(.*)$`,
  'iu',
);
/** "Q: text", "Q1:", "1. Q:", "**User:** text", "> User: text" is not one. */
const colonLabel = new RegExp(
  String.raw`^ {0,3}(?:\*\*|__)?(?:\d+\s*[.)]\s*)?(${anyWord})(?:\s*#?\d+)?(?:\*\*|__)?\s*[:：](?:\*\*|__)?[ \t]*(.*)$`,
  'iu',
);

/** A label stands at the beginning of its line; what follows need not be searched. */
const labelChars = 120;

/** What a line could be; undefined for nearly all lines. */
export function parseLabel(line: string): Label | undefined {
  const head = line.slice(0, labelChars);
  const hash = head.trimStart().startsWith('#');
  const match = (hash ? hashLabel : colonLabel).exec(head);
  const written = match?.[1];
  if (!match || written === undefined) return undefined;
  const follows = (match[hash ? 3 : 2] ?? '') + line.slice(labelChars);
  const inline = follows.trim() === '' ? '' : follows;
  const colon = !hash || match[2] === ':' || match[2] === '：';
  // "# Output the sum" is a sentence, not a label.
  if (inline !== '' && !colon) return undefined;
  return { decoration: hash ? 'hash' : 'colon', word: written.toLowerCase(), casing: casingOf(written), colon, inline };
}

function casingOf(word: string): Casing {
  if (word === word.toUpperCase()) return 'upper';
  if (word === word.toLowerCase()) return 'lower';
  return /^\p{Lu}[^\p{Lu}]*(?: [\p{L}]+)*$/u.test(word) ? 'title' : 'mixed';
}

const leadIns: readonly RegExp[] = [
  /^\s*(?:[-=*_~#]{3,}|<\|?(?:endoftext|eos|end)\|?>|<\/s>)\s*$/i,
  /^\s*[#*_=-]*\s*(?:example|beispiel|conversation|dialog(?:ue)?|chat|pair|item|case)\s*[#:]?\s*\d+\s*[#*_=:.-]*\s*$/i,
  /^Below is an instruction that describes a task/,
];

/** A line that stands between examples: a rule, an end-of-text mark, "Example 3", Alpaca's opening sentence. */
export const isLeadIn = (line: string): boolean => leadIns.some((pattern) => pattern.test(line));

export const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === '';
