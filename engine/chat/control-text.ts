import type { Message } from '#common/domain/example.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Texts inside messages that the model would read as marks of its own format, e.g. a question that quotes
 * `<end_of_turn>`. A whole rendered text is tokenized at once (as Ollama does it), so such a text would end a turn or
 * open another one; nothing downstream could tell. Hence rows with such texts are refused by name.
 */
export function controlTextsIn(tokenizer: Tokenizer, messages: readonly Message[]): readonly string[] {
  const found = new Set<string>();
  const openings = markOpenings(tokenizer);
  for (const { content } of messages) {
    if (!openings.test(content)) continue;
    for (const id of tokenizer.tokenize(content, true)) {
      if (tokenizer.isControl(id)) found.add(tokenizer.tokenText(id));
    }
  }
  return [...found];
}

/** `“<end_of_turn>”, which this model reads as a mark of its own, not as text`, for messages to people. */
export function describeControlTexts(texts: readonly string[]): string {
  const quoted = texts.map((text) => `“${text}”`).join(', ');
  return texts.length === 1
    ? `${quoted}, which this model reads as a mark of its own, not as text`
    : `${quoted}, which this model reads as marks of its own, not as text`;
}

export const controlTextAdvice = 'Remove it or write it differently, for example with a space inside the brackets.';

const openingsOf = new WeakMap<Tokenizer, RegExp>();

/**
 * Finds the first character of any mark: `<` in most vocabularies. Looking for thousands of marks in every text takes
 * longer than everything else that is done with it, and few texts hold even that character.
 */
function markOpenings(tokenizer: Tokenizer): RegExp {
  const known = openingsOf.get(tokenizer);
  if (known !== undefined) return known;
  const characters = new Set<string>();
  for (let id = 0; id < tokenizer.size; id++) {
    if (!tokenizer.isControl(id)) continue;
    const [first] = tokenizer.tokenText(id);
    if (first !== undefined) characters.add(first);
  }
  const classes = [...characters].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  const openings = new RegExp(classes.length === 0 ? '(?!)' : `[${classes.join('')}]`, 'u');
  openingsOf.set(tokenizer, openings);
  return openings;
}
