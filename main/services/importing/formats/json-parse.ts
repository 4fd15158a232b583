import { jsonrepair } from 'jsonrepair';

export type ParsedJson =
  | { readonly value: unknown }
  | {
      readonly reason: string;
      readonly hint?: string | undefined;
      readonly lineOffset: number;
      readonly at: number | null;
    };

/** Longer texts are not offered a repair: guessing at them takes long and says little. */
const repairLimitChars = 100_000;

/** Parses one item, or says in a lay person's words what is wrong with it and what a repair would give. */
export function parseJson(text: string, repair = false): ParsedJson {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const repaired = text.length <= repairLimitChars ? tryRepair(text) : undefined;
    if (repair && repaired !== undefined) return { value: repaired.value };
    const { reason, lineOffset, at } = explain(text, error);
    return { reason, lineOffset, at, ...(repaired === undefined ? {} : { hint: hintFor(repaired.text) }) };
  }
}

/** Only objects and lists count: jsonrepair makes a string of any prose. */
function tryRepair(text: string): { readonly text: string; readonly value: object } | undefined {
  try {
    const repaired = jsonrepair(text);
    const value: unknown = JSON.parse(repaired);
    return typeof value === 'object' && value !== null ? { text: repaired, value } : undefined;
  } catch {
    return undefined;
  }
}

function hintFor(repaired: string): string {
  const start = repaired.replace(/\s+/g, ' ').slice(0, 120);
  // Copied, so that a short hint does not keep the whole piece of the file in memory.
  const copy = Buffer.from(start.toWellFormed()).toString();
  return `With "repair" switched on it would be read as: ${copy}${repaired.length > 120 ? ' ...' : ''}`;
}

/** V8 says where: "... in JSON at position 9 (line 1 column 10)", or "Unexpected end of JSON input". */
function explain(
  text: string,
  error: unknown,
): { readonly reason: string; readonly lineOffset: number; readonly at: number | null } {
  const message = error instanceof Error ? error.message : '';
  const place = /\(line (\d+) column (\d+)\)/.exec(message);
  const lineOffset = place === null ? 0 : Number(place[1]) - 1;
  const column = place === null ? '' : ` near column ${place[2]}`;
  const what = wordings.find(([pattern]) => pattern.test(message))?.[1] ?? says('it is not written as JSON asks');
  const token = /Unexpected token '(.{1,2})'/su.exec(message)?.[1];
  const position = token === undefined || place !== null ? '' : ` at "${token}"`;
  return {
    reason: `This is not valid JSON${column}${position}: ${what(text)}.`,
    lineOffset,
    at: faultIn(text, message),
  };
}

/** Where in the text V8 met the fault; null where it does not say. */
function faultIn(text: string, message: string): number | null {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Math.min(Number(position), text.length);
  if (/end of JSON/.test(message)) return text.trimEnd().length;
  return text.length > repairLimitChars ? null : unexpectedIn(text);
}

/** So many characters V8 quotes on either side of a token it did not expect, where there are as many. */
const quoted = 10;

/** Of such a token V8 gives no number but the text around it, which in a text with room on both sides tells the place. */
function unexpectedIn(text: string): number | null {
  const padded = `${' '.repeat(2 * quoted)}${text}${' '.repeat(4 * quoted)}`;
  try {
    JSON.parse(padded);
    return null;
  } catch (error) {
    const around = /^Unexpected token .*?, \.\.\."(.*)"\.\.\. is not valid JSON$/s.exec(
      error instanceof Error ? error.message : '',
    )?.[1];
    if (around === undefined) return null;
    const start = padded.indexOf(around);
    return start === -1 || start !== padded.lastIndexOf(around) ? null : start + quoted - 2 * quoted;
  }
}

const says = (words: string) => (): string => words;
const wordings: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/end of JSON|Unterminated/i, says('it breaks off before it is complete')],
  [/Bad control character/, says('a line break or tab stands inside quotes (write \\n or \\t instead)')],
  [
    /Bad escaped|Invalid.*escape|Bad Unicode/i,
    says('a backslash is followed by something JSON does not know (write \\\\ for a backslash)'),
  ],
  [
    /Expected ','/,
    says('a comma or a closing bracket is missing, or a quotation mark inside the text lacks its backslash'),
  ],
  [/Expected ':'/, says('a colon is missing after a name')],
  [
    /Expected (double-quoted )?property name/,
    (text) =>
      text.includes("'")
        ? 'names must stand in double quotes, and no comma may follow the last field'
        : 'a comma follows the last field, or a name lacks its double quotes',
  ],
  [/after JSON/, says('something follows after its end')],
];
