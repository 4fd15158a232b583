import { availableParallelism } from 'node:os';
import type { Client } from '#common/contract/define.ts';
import type { ChatContract, CompletionEnd } from '#common/contract/chat.ts';
import type { Message } from '#common/domain/example.ts';
import type { EngineClient } from '../engine-process/engine.ts';

/** A model to ask: rendered for by the engine, answered by the chat's process. */
export interface Subject {
  readonly basePath: string;
  readonly adapterPath?: string | undefined;
  /** A family's name or Jinja text; absent: the base's own. */
  readonly chatTemplate?: string | undefined;
}

export interface AnswerOptions {
  readonly maxTokens: number;
  /** 0 always takes the likeliest word. */
  readonly temperature: number;
  readonly repeatPenalty?: number;
  readonly seed?: number;
  readonly contextTokens?: number;
  readonly device?: 'auto' | 'cpu';
  readonly threads?: number;
}

export interface AskDeps {
  readonly engine: EngineClient;
  readonly chat: Client<ChatContract>;
}

const defaultContextTokens = 4096;

/** Puts a conversation to a model: pieces of text as they come, then the whole answer. */
export async function* ask(
  { engine, chat }: AskDeps,
  subject: Subject,
  messages: readonly Message[],
  options: AnswerOptions,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly type: 'text'; readonly text: string } | CompletionEnd> {
  const { basePath, adapterPath, chatTemplate } = subject;
  const rendered = await engine.render(
    { basePath, messages: [...messages], ...(chatTemplate === undefined ? {} : { chatTemplate }) },
    signal,
  );
  yield* chat.complete(
    {
      modelPath: basePath,
      ...(adapterPath === undefined ? {} : { adapterPath }),
      device: options.device ?? 'auto',
      threads: options.threads ?? availableParallelism(),
      contextTokens: options.contextTokens ?? defaultContextTokens,
      prompt: rendered.tokens,
      maxTokens: options.maxTokens,
      temperature: options.temperature,
      repeatPenalty: options.repeatPenalty ?? 1,
      stops: rendered.stops,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    },
    signal,
  );
}

/** As `ask`, waiting for the whole answer. */
export async function answerOf(
  deps: AskDeps,
  subject: Subject,
  messages: readonly Message[],
  options: AnswerOptions,
  signal?: AbortSignal,
): Promise<CompletionEnd> {
  let end: CompletionEnd | undefined;
  for await (const event of ask(deps, subject, messages, options, signal)) if (event.type === 'end') end = event;
  return end as CompletionEnd;
}
