import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { TunesmithError } from '#common/domain/errors.ts';
import { messageSchema, type Message } from '#common/domain/example.ts';

/** A question from a file. */
export interface Prompt {
  readonly text: string;
  readonly messages: readonly Message[];
  /** The right answer, where the file holds one. */
  readonly expected?: string;
}

const lineSchema = z.union([
  z.string().min(1),
  z.object({ messages: z.array(messageSchema).min(1) }),
  z.object({
    prompt: z.string().min(1),
    system: z.string().optional(),
    answer: z.string().optional(),
    completion: z.string().optional(),
    expected: z.string().optional(),
  }),
]);

/**
 * Streams questions: one JSON a line, a text, `{"prompt": …}` (with `answer`, `completion` or `expected`), or
 * `{"messages": […]}`, of which the last answer is what is expected. Lines that are not JSON are taken as they are.
 */
export async function* readPrompts(file: string): AsyncGenerator<Prompt> {
  const stream = createReadStream(file, { encoding: 'utf8' });
  let line = 0;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line += 1;
      const trimmed = text.trim().replace(/^\uFEFF/, '');
      if (trimmed !== '') yield toPrompt(trimmed, file, line);
    }
  } catch (error) {
    if (error instanceof TunesmithError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new TunesmithError(
      code === 'ENOENT' ? 'file-not-found' : 'file-not-readable',
      `The questions in ${file} cannot be read (${code ?? String(error)}).`,
      { advice: 'Give the path of a file with one question a line.', cause: error },
    );
  } finally {
    stream.destroy();
  }
  if (line === 0) {
    throw new TunesmithError('data-empty', `There is no question in ${file}.`, {
      advice: 'Write one question a line.',
    });
  }
}

function toPrompt(text: string, file: string, line: number): Prompt {
  if (!/^[[{"]/.test(text)) return single(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal(file, line, error instanceof Error ? error.message : '');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) throw refusal(file, line, 'it holds neither a text nor "prompt" nor "messages"');
  const { data } = parsed;
  if (typeof data === 'string') return single(data);
  if ('messages' in data) return fromMessages(data.messages, file, line);
  const expected = data.expected ?? data.answer ?? data.completion;
  const system: Message[] = data.system === undefined ? [] : [{ role: 'system', content: data.system }];
  return {
    text: data.prompt,
    messages: [...system, { role: 'user', content: data.prompt }],
    ...(expected === undefined ? {} : { expected }),
  };
}

function fromMessages(messages: readonly Message[], file: string, line: number): Prompt {
  const last = messages.at(-1);
  const asked = last?.role === 'assistant' ? messages.slice(0, -1) : messages;
  const question = asked.at(-1);
  if (question?.role !== 'user') throw refusal(file, line, 'the conversation does not end with a question');
  return {
    text: question.content,
    messages: asked,
    ...(last?.role === 'assistant' ? { expected: last.content } : {}),
  };
}

function single(text: string): Prompt {
  return { text, messages: [{ role: 'user', content: text }] };
}

function refusal(file: string, line: number, why: string): TunesmithError {
  return new TunesmithError('file-corrupt', `Line ${line} of ${file} is not a question: ${why}.`, {
    advice: 'Write each question as a line of plain text, or as {"prompt": "…"}.',
  });
}
