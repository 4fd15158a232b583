import { english } from './en/index.ts';
import type { Words } from './words.ts';

const dressed: Readonly<Record<string, string>> = { a: 'á', e: 'ë', i: 'ï', o: 'ø', u: 'ü', A: 'Å', E: 'É', O: 'Ø' };

/** English in a costume, a third longer, as many languages are. */
export function disguise(text: string): string {
  if (!/\p{L}/u.test(text)) return text;
  const letters = [...text].map((letter) => dressed[letter] ?? letter).join('');
  return `⟦${letters}${'·'.repeat(Math.ceil(text.length / 3))}⟧`;
}

/** Texts that are looked up, not shown. */
const names = new Set<string>([english.locale, ...Object.keys(english.knobs.groups)]);

export const pseudo = disguised(english) as Words;

function disguised(part: unknown): unknown {
  if (typeof part === 'string') return names.has(part) ? part : disguise(part);
  if (typeof part === 'function') return (...given: unknown[]) => disguise(String(part(...given)));
  if (Array.isArray(part)) return part.map(disguised);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, disguised(value)]));
}
