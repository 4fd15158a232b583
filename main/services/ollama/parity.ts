/**
 * The check after installing: do the app and Ollama read the same text as the same tokens, and does the model say the same?
 *
 * Answers alone do not tell: on a near tie two correct programs choose different words. So what is compared is the text of the
 * prompt, the number of its tokens (a doubled BOS shows here), and the log-probability that both sides give each token that
 * Ollama chose, the app being led along Ollama's answer.
 */
import type { Message } from '#common/domain/example.ts';
import { asking, type OllamaServer } from './client.ts';
import { certificate, type ParityCertificate, type ParityRow, type Tolerance } from './certificate.ts';
import { askOllama, renderInOllama } from './questions.ts';
import { withoutOpener } from './template.ts';

/** The app's half: what the engine answers to `render` and `score`. */
export interface AppSide {
  /** Text and number of tokens (BOS included) of a conversation up to the opening of the assistant's turn. */
  render(messages: readonly Message[]): Promise<{ readonly text: string; readonly tokens: number }>;
  /**
   * For each answer the natural-log probability of each piece after the prompt and the pieces before it. Fewer where a piece is
   * no token of its own: the comparison of that answer ends there.
   */
  score(
    answers: readonly { readonly prompt: string; readonly pieces: readonly string[] }[],
  ): Promise<readonly (readonly number[])[]>;
  /** A greedy answer without repeat penalty, where the app can give one. Equal text is reported, and never required. */
  answer?(messages: readonly Message[], maxTokens: number): Promise<string>;
}

export interface ParityRequest {
  readonly server: OllamaServer;
  readonly name: string;
  /** Conversations that end with the person's turn, with the system prompt that the model was installed with, if any. */
  readonly prompts: readonly (readonly Message[])[];
  readonly app: AppSide;
  /** Differences of log-probabilities that count as the same; see `toleranceFor`. */
  readonly tolerance: Tolerance;
  /** Tokens of each answer that are compared. Default 24. */
  readonly maxTokens?: number;
  readonly onProgress?: (completed: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What to allow for a file of this type. Two programs on the same weights differ by how they order sums and, on quantized files,
 * in how they round activations. Measured between Ollama 0.34 and llama.cpp here on SmolLM2 135M and Gemma 3 270M, 24 tokens an
 * answer: F16 means up to 0.002, single tokens 0.010; Q8_0, Q4_1 and Q4_K_M means up to 0.081, single tokens 0.8 (a near tie).
 * Other weights, such as a forgotten adapter, differ by whole units.
 */
export function toleranceFor(fileType: string): Tolerance {
  return /^(?:F32|F16|BF16)$/.test(fileType) ? { mean: 0.02, largest: 0.1 } : { mean: 0.2, largest: 1.5 };
}

/** Puts the same prompts to both sides. Throws only where Ollama or the app fails; disagreement is a result. */
export async function checkParity(request: ParityRequest): Promise<ParityCertificate> {
  const { server, name, prompts, tolerance, app, signal } = request;
  const asked: Asked[] = [];
  request.onProgress?.(0, prompts.length);
  for (const messages of prompts) {
    signal?.throwIfAborted();
    asked.push(await ask(request, messages));
    request.onProgress?.(asked.length, prompts.length);
  }
  // All at once: the app opens its model a single time.
  const answers = asked.map(({ ours, usable }) => ({ prompt: ours.text, pieces: usable.map(({ text }) => text) }));
  const scored = await app.score(answers);
  const rows = asked.map((each, index) => rowOf(each, scored[index] ?? [], tolerance));
  return certificate({ name, ollamaVersion: server.version, tolerance, rows });
}

/** What both sides made of one prompt. */
interface Asked {
  readonly prompt: string;
  readonly ours: Awaited<ReturnType<AppSide['render']>>;
  readonly rendered: string | undefined;
  readonly theirs: Awaited<ReturnType<typeof askOllama>>;
  /** Of Ollama's answer. */
  readonly usable: Awaited<ReturnType<typeof askOllama>>['tokens'];
  readonly answer: string | undefined;
}

async function ask(request: ParityRequest, messages: readonly Message[]): Promise<Asked> {
  const { server, name, app, maxTokens = 24, signal } = request;
  const ours = await app.render(messages);
  const { rendered, theirs } = await asking(
    server,
    'the installed model was being checked',
    signal,
    async (client) => ({
      rendered: await renderInOllama(client, name, messages),
      theirs: await askOllama(client, name, messages, maxTokens),
    }),
  );
  const answer = await app.answer?.(messages, maxTokens);
  const prompt = messages.at(-1)?.content ?? '';
  return { prompt, ours, rendered, theirs, usable: comparableTokens(theirs.tokens), answer };
}

function rowOf(
  { prompt, ours, rendered, theirs, usable, answer }: Asked,
  scored: readonly number[],
  tolerance: Tolerance,
): ParityRow {
  const known = scored.findIndex((logprob) => Number.isNaN(logprob));
  const differences = scored
    .slice(0, known === -1 ? undefined : known)
    .map((logprob, at) => Math.abs(logprob - (usable[at]?.logprob ?? Number.NaN)));
  return {
    prompt,
    appText: withoutOpener(ours.text),
    ollamaText: rendered === undefined ? undefined : withoutOpener(rendered),
    appTokens: ours.tokens,
    ollamaTokens: theirs.promptTokens,
    comparedTokens: differences.length,
    ...(differences.length === 0 ? nothingCompared : judgeDifferences(differences, tolerance)),
    sameAnswer: answer === undefined ? undefined : answer.startsWith(theirs.text) || theirs.text.startsWith(answer),
    answer: theirs.text,
  };
}

const nothingCompared = { meanDifference: undefined, largestDifference: undefined, logprobsAgree: undefined } as const;

function judgeDifferences(differences: readonly number[], tolerance: Tolerance) {
  const meanDifference = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  const largestDifference = Math.max(...differences);
  const logprobsAgree = meanDifference <= tolerance.mean && largestDifference <= tolerance.largest;
  return { meanDifference, largestDifference, logprobsAgree };
}

/**
 * The tokens that can be named to the app by their text: up to the first that is only part of a character (it shows as U+FFFD)
 * or has no text at all (the end of the turn).
 */
function comparableTokens<T extends { readonly text: string }>(tokens: readonly T[]): readonly T[] {
  const end = tokens.findIndex(({ text }) => text === '' || text.includes('\uFFFD'));
  return end === -1 ? tokens : tokens.slice(0, end);
}
