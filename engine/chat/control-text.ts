import type { Message } from '#common/domain/example.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Texts inside messages that the model would read as marks of its own format, e.g. a question that quotes
 * `<end_of_turn>`. A whole rendered text is tokenized at once (as Ollama does it), so such a text would end a turn or
 * open another one; nothing downstream could tell. Hence rows with such texts are refused by name.
 */
export function controlTextsIn(tokenizer: Tokenizer, messages: readonly Message[]): readonly string[] {
  const found = new Set<string>();
  for (const { content } of messages) {
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
