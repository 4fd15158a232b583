/** How likely a model finds a given continuation: one side of the parity check with Ollama. */
import { TunesmithError } from '#common/domain/errors.ts';
import { encodeText } from '../chat/chat-format.ts';
import type { Tokenizer } from '../chat/tokenizer.ts';
import { LlamaContext } from '../native/llama-context.ts';
import { LlamaModel } from '../native/llama-model.ts';
import { tokenizerOf } from '../native/vocabulary.ts';
import { read } from './reference.ts';
import { logProbability } from './sampling.ts';

export interface ScoreRequest {
  readonly modelPath: string;
  /** Exact text, template included. A BOS is added where the model wants one and the text has none. */
  readonly prompt: string;
  /** Token texts, as a server reports the tokens it generated. */
  readonly continuation: readonly string[];
  readonly threads?: number;
}

export interface Score {
  /** Tokens of the prompt, BOS included. */
  readonly promptTokens: number;
  /** Natural log of each continuation token's probability, given all before it. */
  readonly logprobs: readonly number[];
}

/** Computes with the cache and attention of ordinary use, as a server does. */
export async function scoreContinuation(request: ScoreRequest, signal?: AbortSignal): Promise<Score> {
  using model = new LlamaModel(request.modelPath);
  const tokenizer = tokenizerOf(model);
  const prompt = encodeText(tokenizer, request.prompt);
  const continuation = tokensOf(tokenizer, request.prompt, prompt, request.continuation);
  const ids = new Int32Array([...prompt, ...continuation]);
  const logprobs: number[] = [];
  if (continuation.length === 0) return { promptTokens: prompt.length, logprobs };
  using context = new LlamaContext(model, {
    sequenceTokens: Math.max(256, ids.length),
    sequences: 1,
    batchTokens: Math.min(512, ids.length),
    threads: request.threads ?? 1,
  });
  const first = prompt.length - 1;
  const wanted = (index: number) => index >= first && index < ids.length - 1;
  await read(context, ids, wanted, signal, (index, logits) => {
    logprobs.push(logProbability(logits, ids[index + 1] ?? 0));
  });
  return { promptTokens: prompt.length, logprobs };
}

/**
 * The ids of the continuation. A text may be the text of several tokens, so the whole is tokenized; where that does
 * not give the reported pieces, each piece is looked up by itself.
 */
function tokensOf(
  tokenizer: Tokenizer,
  promptText: string,
  prompt: Int32Array,
  pieces: readonly string[],
): readonly number[] {
  const whole = encodeText(tokenizer, promptText + pieces.join(''));
  const rest = [...whole.slice(prompt.length)];
  const continues = prompt.every((id, i) => whole[i] === id);
  if (continues && rest.length === pieces.length && rest.every((id, i) => tokenizer.tokenText(id) === pieces[i])) {
    return rest;
  }
  return pieces.map((piece) => tokenOf(tokenizer, piece));
}

function tokenOf(tokenizer: Tokenizer, piece: string): number {
  const [only, ...more] = tokenizer.tokenize(piece, true);
  if (only !== undefined && more.length === 0 && tokenizer.tokenText(only) === piece) return only;
  for (let id = 0; id < tokenizer.size; id++) {
    // Reading every piece of a large vocabulary takes a fraction of a second, and this is the rare case.
    if (tokenizer.tokenText(id) === piece) return id;
  }
  throw new TunesmithError('bad-request', `No token of the model has the text ${JSON.stringify(piece)}.`);
}
