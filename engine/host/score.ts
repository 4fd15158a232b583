import { encodeText } from '../chat/chat-format.ts';
import { logProbability } from '../generate/sampling.ts';
import { defaultThreads } from '../model/open-session.ts';
import { LlamaContext } from '../native/llama-context.ts';
import { LlamaModel } from '../native/llama-model.ts';
import { tokenizerOf } from '../native/vocabulary.ts';

interface Text {
  readonly prompt: string;
  readonly continuation: readonly string[];
}

export interface ScoreInput {
  readonly modelPath: string;
  readonly texts: readonly Text[];
}

interface Scored {
  readonly promptTokens: number;
  readonly logprobs: number[];
}

/**
 * For each text the natural-log probability of each piece after the prompt and the pieces before it. Several tokens can
 * have one text; the likeliest is meant. Scoring ends at a piece that no token has (fewer log-probabilities than pieces).
 * The model is opened once for all texts.
 */
export async function score({ modelPath, texts }: ScoreInput, signal: AbortSignal): Promise<Scored[]> {
  using model = new LlamaModel(modelPath);
  const tokenizer = tokenizerOf(model);
  const wanted = new Set(texts.flatMap(({ continuation }) => continuation));
  const candidates = new Map<string, number[]>();
  for (let id = 0; id < tokenizer.size; id += 1) {
    const text = tokenizer.tokenText(id);
    if (wanted.has(text)) candidates.set(text, [...(candidates.get(text) ?? []), id]);
  }
  const scored: Scored[] = [];
  for (const { prompt, continuation } of texts) {
    signal.throwIfAborted();
    scored.push(await scoreText(model, [...encodeText(tokenizer, prompt)], continuation, candidates, signal));
  }
  return scored;
}

async function scoreText(
  model: LlamaModel,
  prompt: readonly number[],
  continuation: readonly string[],
  candidates: ReadonlyMap<string, readonly number[]>,
  signal: AbortSignal,
): Promise<Scored> {
  const room = Math.ceil((prompt.length + continuation.length + 1) / 256) * 256;
  using context = new LlamaContext(model, {
    sequenceTokens: room,
    sequences: 1,
    batchTokens: Math.min(512, room),
    threads: defaultThreads(),
  });
  const logprobs: number[] = [];
  let position = 0;
  let next = prompt;
  for (const piece of continuation) {
    const logits = await read(context, next, position, signal);
    position += next.length;
    const scored = (candidates.get(piece) ?? []).map((id) => ({ id, logprob: logProbability(logits, id) }));
    const [best] = scored.sort((a, b) => b.logprob - a.logprob);
    if (best === undefined) break;
    logprobs.push(best.logprob);
    next = [best.id];
  }
  return { promptTokens: prompt.length, logprobs };
}

/** Reads tokens and answers the logits after the last. */
async function read(
  context: LlamaContext,
  ids: readonly number[],
  position: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  let last = 0;
  for (let from = 0; from < ids.length; from += context.batch.capacity) {
    context.batch.clear();
    const part = ids.slice(from, from + context.batch.capacity);
    for (const [at, id] of part.entries()) {
      last = context.batch.add(id, position + from + at, 0, from + at === ids.length - 1);
    }
    await context.decode(signal);
  }
  return context.logits(last);
}
