/**
 * A program and its arguments as one line of text, in quotes as in a shell but without a shell's powers. Single and
 * double quotes keep what is between them; `\"` stands for a quote between double quotes, and a backslash before white
 * space or a quote keeps that character. Every other backslash is itself, so that Windows paths work.
 */
import { TunesmithError } from './errors.ts';

/** Throws `bad-request` where a quote is not closed. */
export function splitCommand(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    const next = text.charAt(i + 1);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (quote === '"' && character === '\\' && next === '"') {
        word += next;
        i++;
      } else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\' && /["'\s]/.test(next)) {
      word = (word ?? '') + next;
      i++;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) {
    throw new TunesmithError(
      'bad-request',
      `The command has an opening ${quote} without a closing one: ${text.trim()}`,
      {
        advice: 'Close the quote.',
      },
    );
  }
  if (word !== null) words.push(word);
  return words;
}

/** The text that `splitCommand` reads back as the same words. */
export function formatCommand(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : quoted(word))).join(' ');
}

/** Single quotes keep everything but themselves, which go between double quotes. */
function quoted(word: string): string {
  if (word === '') return "''";
  return word
    .split(/('+)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith("'") ? `"${part}"` : `'${part}'`))
    .join('');
}
