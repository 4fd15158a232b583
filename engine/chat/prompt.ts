/** The text a model is asked to continue: a conversation up to the opening of the assistant's turn. */
import { TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { encodeText, type ChatFormat } from './chat-format.ts';
import { controlTextAdvice, controlTextsIn, describeControlTexts } from './control-text.ts';

export interface RenderedPrompt {
  /** As the template writes it; a BOS is in it only where the template writes one. */
  readonly text: string;
  /** Exactly one BOS where the model wants one. */
  readonly ids: Int32Array;
  /** Text of the token that ends an answer. */
  readonly endOfTurn: string;
  /** Texts at which a program should stop generating: the end of turn and the model's end of sequence. */
  readonly stops: readonly string[];
}

/**
 * Throws `bad-request` where a message contains a mark of the model's format, and `template-invalid` where the
 * template refuses the conversation.
 */
export function renderPrompt(format: ChatFormat, messages: readonly Message[]): RenderedPrompt {
  const control = controlTextsIn(format.tokenizer, messages);
  if (control.length > 0) {
    throw new TunesmithError('bad-request', `The message contains ${describeControlTexts(control)}.`, {
      advice: controlTextAdvice,
    });
  }
  const text = format.template.render(messages, { addGenerationPrompt: true });
  return {
    text,
    ids: encodeText(format.tokenizer, text),
    endOfTurn: format.endOfTurn.text,
    stops: stopTexts(format),
  };
}

/** The texts that end an answer of this model, the template's end of turn first. */
export function stopTexts({ tokenizer, endOfTurn }: ChatFormat): readonly string[] {
  const ids = [endOfTurn.id, tokenizer.eos, tokenizer.eot].filter((id) => id !== null);
  return [...new Set(ids)].map((id) => tokenizer.tokenText(id)).filter((text) => text !== '');
}
