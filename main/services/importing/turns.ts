import type { Message, Role } from '#common/domain/example.ts';

export type Converted = { readonly messages: readonly Message[] } | { readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

/** Names of speakers as the common data sets write them. */
const speakers: ReadonlyMap<string, Role> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['prompter', 'user'],
  ['customer', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['model', 'assistant'],
  ['bot', 'assistant'],
  ['ai', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
]);

const speakerKeys = ['role', 'from', 'speaker', 'author'] as const;
const textKeys = ['content', 'value', 'text', 'message'] as const;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for a list of `{role, content}` or `{from, value}`. */
export function looksLikeTurns(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && isFields(value[0]) && speakerKeys.some((key) => isFields(value[0]) && key in value[0]);
}

/** A list of turns in OpenAI's or ShareGPT's form as messages, or why it cannot be taught. */
export function convertTurns(turns: readonly unknown[]): Converted {
  const messages: Message[] = [];
  for (const [index, turn] of turns.entries()) {
    const converted = convertTurn(turn, index + 1);
    if (typeof converted === 'string') return { reason: converted };
    messages.push(converted);
  }
  return { messages };
}

function convertTurn(turn: unknown, position: number): Message | string {
  if (!isFields(turn)) return `Message ${position} is not a message but ${describe(turn)}.`;
  const calls = turn['tool_calls'] ?? turn['function_call'];
  if (calls !== undefined && calls !== null && !(Array.isArray(calls) && calls.length === 0)) {
    return `Message ${position} calls a tool. Tool calls cannot be taught yet.`;
  }
  if (turn['weight'] === 0) {
    return `Message ${position} has weight 0 (an answer that shall not be learned). Tunesmith learns every answer of a conversation.`;
  }
  const named = speakerKeys.map((key) => turn[key]).find((value) => typeof value === 'string');
  if (named === undefined) return `Message ${position} does not say who speaks (no "role" or "from").`;
  const role = speakers.get(named.trim().toLowerCase());
  if (role === undefined) return unknownSpeaker(named, position);
  const content = textKeys.map((key) => turn[key]).find((value) => value !== undefined && value !== null);
  if (content === undefined) return `Message ${position} (${named}) has no text.`;
  if (typeof content === 'string') return { role, content };
  if (Array.isArray(content)) return joinParts(content, role, position);
  return `The text of message ${position} (${named}) is ${describe(content)}, not text.`;
}

function unknownSpeaker(named: string, position: number): string {
  return /tool|function|observation/i.test(named)
    ? `Message ${position} is the result of a tool ("${named}"). Tool calls cannot be taught yet.`
    : `Message ${position} is said by "${named}". Only system, user and assistant can be taught.`;
}

function joinParts(parts: readonly unknown[], role: Role, position: number): Message | string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if (isFields(part) && typeof part['text'] === 'string') text += part['text'];
    else {
      const kind = isFields(part) && typeof part['type'] === 'string' ? part['type'] : describe(part);
      return `Message ${position} holds something that is not text (${kind}). Pictures, sounds and files cannot be taught.`;
    }
  }
  return { role, content: text };
}

/** What a JSON value is, in words. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a nested object';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : `a ${typeof value}`;
}
