import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { CompletionEnd } from '#common/contract/chat.ts';
import { TunesmithError, toFailure } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { resolveBase } from '../../../features/models/resolve-base.ts';
import { ask, type AnswerOptions, type Subject } from '../../../services/chat/ask.ts';
import { readPrompts } from '../../../services/prompts/read-prompts.ts';
import { visible } from '../mask.ts';
import { positiveNumber, threadsOf, wholeNumber, type Given } from '../options.ts';
import type { Workplace } from '../workplace.ts';

export async function chatCommand(work: Workplace, given: Given): Promise<void> {
  const { signal } = work;
  if (given['prompt'] !== undefined && given['prompts'] !== undefined) {
    throw new TunesmithError('bad-request', 'Give either --prompt or --prompts, not both.');
  }
  const base = await resolveBase(given['base'] ?? '', work, signal);
  const subject: Subject = {
    basePath: base.path,
    adapterPath: given['adapter'] === undefined ? undefined : path.resolve(given['adapter']),
    chatTemplate: given['chatTemplate'],
  };
  const system: Message[] = given['system'] === undefined ? [] : [{ role: 'system', content: given['system'] }];
  if (given['prompt'] !== undefined) {
    const messages: Message[] = [...system, { role: 'user', content: given['prompt'] }];
    await answerOne(work, subject, given['prompt'], messages, answerOptions(given, oneByOne));
  } else if (given['prompts'] !== undefined) {
    for await (const { text, messages } of readPrompts(given['prompts'])) {
      const whole = messages[0]?.role === 'system' ? messages : [...system, ...messages];
      if (!work.output.json) await work.output.line(work.output.colors.bold(visible(text)));
      await answerOne(work, subject, text, whole, answerOptions(given, oneByOne));
    }
  } else await converse(work, subject, system, answerOptions(given, inConversation));
}

/** Measurements want the same answer every time. */
const oneByOne = { temperature: 0, repeatPenalty: 1 };
/** What a finished model is installed with. */
const inConversation = { temperature: 0.2, repeatPenalty: 1.1 };

function answerOptions(given: Given, defaults: typeof oneByOne): AnswerOptions {
  const threads = threadsOf(given['threads']);
  return {
    maxTokens: wholeNumber('max-tokens', given['maxTokens'], 512),
    temperature: positiveNumber('temperature', given['temperature'], defaults.temperature),
    repeatPenalty: positiveNumber('repeat-penalty', given['repeatPenalty'], defaults.repeatPenalty) || 1,
    contextTokens: wholeNumber('context', given['context'], 4096, 32),
    device: given['device'] === 'cpu' ? 'cpu' : 'auto',
    ...(threads === 'auto' ? {} : { threads }),
    ...(given['seed'] === undefined ? {} : { seed: wholeNumber('seed', given['seed'], 0, 0) }),
  };
}

async function answerOne(
  work: Workplace,
  subject: Subject,
  prompt: string,
  messages: readonly Message[],
  options: AnswerOptions,
): Promise<CompletionEnd> {
  const { output } = work;
  let end: CompletionEnd | undefined;
  const deps = { engine: work.engine, chat: work.chat };
  for await (const event of ask(deps, subject, messages, options, work.signal)) {
    if (event.type === 'end') end = event;
    else await output.text(visible(event.text));
  }
  await output.line();
  const { answer, stopped, tokens, promptTokens, tokensPerSecond } = end as CompletionEnd;
  await output.row({ prompt, answer, stopped, tokens, promptTokens, tokensPerSecond });
  if (!stopped) output.note(`(cut off after ${tokens} tokens; --max-tokens allows more)`);
  return end as CompletionEnd;
}

/** Line by line, until an empty end of input, `/bye`, or Ctrl-C. */
async function converse(
  work: Workplace,
  subject: Subject,
  system: readonly Message[],
  options: AnswerOptions,
): Promise<void> {
  const { output, signal } = work;
  output.note('Write a question and press Enter. /new begins anew, /bye ends.');
  const lines = createInterface({ input: process.stdin, terminal: false });
  let messages: Message[] = [...system];
  using _closing = { [Symbol.dispose]: () => lines.close() };
  signal.addEventListener('abort', () => lines.close(), { once: true });
  const invite = (): void => void (process.stdin.isTTY ? process.stderr.write('> ') : undefined);
  invite();
  for await (const line of lines) {
    const text = line.trim();
    if (text === '/bye') return;
    if (text === '/new') {
      messages = [...system];
      output.note('A new conversation.');
    } else if (text !== '') {
      const asked: Message[] = [...messages, { role: 'user', content: text }];
      try {
        const { answer } = await answerOne(work, subject, text, asked, options);
        messages = [...asked, { role: 'assistant', content: answer }];
      } catch (error) {
        // A question that cannot be asked is no reason to lose the conversation.
        const { code, message, advice } = toFailure(error);
        if (code !== 'bad-request') throw error;
        output.warn(`${message} ${advice ?? ''}`);
      }
    }
    invite();
  }
  signal.throwIfAborted();
}
