import type { Message } from '#common/domain/example.ts';
import { openChatFormat } from '../chat/open.ts';
import { renderPrompt } from '../chat/prompt.ts';

/** A conversation as the model reads it, up to the opening of its answer. */
export function render(basePath: string, chatTemplate: string | undefined, messages: readonly Message[]) {
  using format = openChatFormat(basePath, chatTemplate);
  const { text, ids, endOfTurn, stops } = renderPrompt(format, messages);
  return { text, tokens: [...ids], endOfTurn, stops: [...stops] };
}
