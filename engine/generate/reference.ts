/**
 * Values computed by llama.cpp itself, in its most exact mode (F32 cache, plain attention, no repacked weights): what
 * the trainer's own numbers are held against.
 */
import type { EncodedSequence } from '../chat/encoded.ts';
import { LlamaContext } from '../native/llama-context.ts';
import { LlamaAdapter, LlamaModel } from '../native/llama-model.ts';
import { logProbability } from './sampling.ts';

export interface ReferenceOptions {
  /** A LoRA adapter GGUF, at its own scale. */
  readonly adapterPath?: string;
  /** Default 1. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export interface ReferenceLoss {
  /** Sum over learned tokens of their negative log-likelihood, in nats. */
  readonly lossSum: number;
  /** Learned tokens. */
  readonly count: number;
  /** The same per sequence, for finding where two implementations part. */
  readonly bySequence: readonly { readonly lossSum: number; readonly count: number }[];
}

/** Loss of the learned tokens of each sequence, each read by itself. */
export async function referenceLoss(
  modelPath: string,
  sequences: readonly Pick<EncodedSequence, 'ids' | 'learned'>[],
  options: ReferenceOptions = {},
): Promise<ReferenceLoss> {
  using model = new LlamaModel(modelPath);
  using adapter = options.adapterPath === undefined ? null : new LlamaAdapter(model, options.adapterPath);
  using context = openContext(model, longestOf(sequences.map(({ ids }) => ids)), adapter, options.threads);
  const bySequence: { lossSum: number; count: number }[] = [];
  for (const { ids, learned } of sequences) {
    const scored = new Set([...learned.keys()].filter((i) => i > 0 && learned[i] === 1));
    let lossSum = 0;
    await read(
      context,
      ids,
      (i) => scored.has(i + 1),
      options.signal,
      (i, logits) => {
        lossSum -= logProbability(logits, ids[i + 1] ?? 0);
      },
    );
    bySequence.push({ lossSum, count: scored.size });
  }
  return {
    lossSum: bySequence.reduce((sum, part) => sum + part.lossSum, 0),
    count: bySequence.reduce((sum, part) => sum + part.count, 0),
    bySequence,
  };
}

/** One row of logits (vocabulary-sized, natural-log scale, not normalised) per token. */
export async function referenceLogits(
  modelPath: string,
  ids: Int32Array | readonly number[],
  options: ReferenceOptions = {},
): Promise<readonly Float32Array[]> {
  using model = new LlamaModel(modelPath);
  using adapter = options.adapterPath === undefined ? null : new LlamaAdapter(model, options.adapterPath);
  using context = openContext(model, ids.length, adapter, options.threads);
  const rows: Float32Array[] = [];
  await read(
    context,
    Int32Array.from(ids),
    () => true,
    options.signal,
    (_, logits) => rows.push(logits),
  );
  return rows;
}

/** Tokens at a time: the cache makes the result the same, and the output buffer small. */
const batchTokens = 256;

function openContext(model: LlamaModel, tokens: number, adapter: LlamaAdapter | null, threads = 1): LlamaContext {
  const context = new LlamaContext(model, {
    sequenceTokens: Math.max(256, tokens),
    sequences: 1,
    batchTokens: Math.min(batchTokens, Math.max(1, tokens)),
    threads,
    exact: true,
  });
  if (adapter !== null) context.setAdapter(adapter);
  return context;
}

/** Reads a sequence from an empty cache; `take` gets the logits after each token that `wants` them. */
async function read(
  context: LlamaContext,
  ids: Int32Array,
  wants: (index: number) => boolean,
  signal: AbortSignal | undefined,
  take: (index: number, logits: Float32Array) => void,
): Promise<void> {
  const { batch } = context;
  context.clear();
  for (let start = 0; start < ids.length; start += batch.capacity) {
    batch.clear();
    const end = Math.min(ids.length, start + batch.capacity);
    const wanted: { index: number; at: number }[] = [];
    for (let index = start; index < end; index++) {
      const at = batch.add(ids[index] ?? 0, index, 0, wants(index));
      if (wants(index)) wanted.push({ index, at });
    }
    await context.decode(signal);
    for (const { index, at } of wanted) take(index, context.logits(at));
  }
}

function longestOf(sequences: readonly Int32Array[]): number {
  return sequences.reduce((longest, ids) => Math.max(longest, ids.length), 1);
}
