import { english } from './en/index.ts';
import type { Words } from './words.ts';

/** By language tag. A further language is one object of the type `Words`, loaded only where it is wanted. */
const languages: Readonly<Record<string, () => Promise<Words>>> = {
  en: () => Promise.resolve(english),
  // No language at all: marks each word that comes from here, so that one which does not can be seen.
  'x-pseudo': async () => (await import('./pseudo.ts')).pseudo,
};

export let words: Words = english;
export let language = 'en';

/** Takes the first language that there is. Before anything is drawn: words are read where they are used. */
export async function chooseLanguage(wanted: readonly string[]): Promise<void> {
  language =
    wanted.flatMap((tag) => [tag, tag.split('-')[0] ?? '']).find((tag) => languages[tag] !== undefined) ?? 'en';
  words = await languages[language]!();
}
