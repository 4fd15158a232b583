import type { Tokenizer } from './tokenizer.ts';

/**
 * The text of each token such that all of them joined are the whole text. A character whose bytes are spread over
 * several tokens belongs to the token that completes it; the ones before have less text, or none.
 */
export function tokenTexts(tokenizer: Tokenizer, ids: Iterable<number>): readonly string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts: string[] = [];
  for (const id of ids) texts.push(decoder.decode(tokenizer.tokenBytes(id), { stream: true }));
  const rest = decoder.decode();
  if (rest !== '' && texts.length > 0) texts[texts.length - 1] += rest;
  return texts;
}
