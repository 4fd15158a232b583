import type { Message } from '#common/domain/example.ts';

/**
 * Checks that messages form a conversation that every chat template can render: an optional system message, then
 * user and assistant in turns, ending with an answer. Returns the messages, or why not in a lay person's words.
 */
export function acceptConversation(
  messages: readonly Message[],
): { readonly messages: readonly Message[] } | { readonly reason: string } {
  const [first] = messages;
  // An empty system message says nothing; some exporters write one on every row.
  const kept = first?.role === 'system' && first.content.trim() === '' ? messages.slice(1) : messages;
  const turns = kept[0]?.role === 'system' ? kept.slice(1) : kept;
  const reason = shapeProblem(turns) ?? textProblem(kept);
  return reason === undefined ? { messages: kept } : { reason };
}

function shapeProblem(turns: readonly Message[]): string | undefined {
  if (turns.length === 0) return 'There is neither a question nor an answer.';
  for (const [index, turn] of turns.entries()) {
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (turn.role === expected) continue;
    if (turn.role === 'system') return 'A system message stands in the middle of the conversation.';
    if (index === 0) return 'The conversation begins with an answer that nobody asked for.';
    return expected === 'user'
      ? 'Two answers follow each other without a question between them.'
      : 'Two questions follow each other without an answer between them.';
  }
  return turns.length % 2 === 1 ? 'The last question has no answer.' : undefined;
}

function textProblem(messages: readonly Message[]): string | undefined {
  for (const { role, content } of messages) {
    if (content.trim() === '') return role === 'assistant' ? 'The answer is empty.' : 'The question is empty.';
    if (content.includes('\u0000')) return 'The text holds a zero character, which is not text.';
    if (!content.isWellFormed()) return 'The text holds half of a character (a damaged emoji, perhaps).';
  }
  return undefined;
}
