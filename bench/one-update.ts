/** What a benchmark trains: rank 16 on all linear layers on the processor, one AdamW update at a time. */
import { linearNames } from '#common/domain/recipe.ts';
import type { EncodedSequence } from '#engine/chat/encoded.ts';
import type { LoraSession } from '#engine/model/lora-session.ts';
import { openSession } from '#engine/model/open-session.ts';
import { packSequences } from '#engine/train/packs.ts';

export interface BenchSettings {
  readonly modelPath: string;
  readonly threads: number;
  readonly checkpointing: boolean;
  /** As in a recipe; `auto` by default. */
  readonly packedWeights?: 'auto' | 'on' | 'off';
  /** Most tokens in one graph. */
  readonly packTokens: number;
}

export function openBench({
  modelPath,
  threads,
  checkpointing,
  packedWeights = 'auto',
  packTokens,
}: BenchSettings): Promise<LoraSession> {
  return openSession({
    modelPath,
    recipe: {
      seed: 1,
      rank: 16,
      alpha: 32,
      dropout: 0,
      targets: [...linearNames],
      device: 'cpu',
      threads,
      gradientCheckpointing: checkpointing ? 'on' : 'off',
      packedWeights,
      packTokens,
      maxTokens: packTokens,
    },
  });
}

export interface UpdateFigures {
  /** Mean over the learned tokens, before the update. */
  readonly loss: number;
  readonly totalMs: number;
  /** The clipping and AdamW part of it. */
  readonly optimizerMs: number;
}

/** One update on all sequences together; `step` counts from 1. */
export async function oneUpdate(
  session: LoraSession,
  sequences: readonly EncodedSequence[],
  { step, packTokens }: { readonly step: number; readonly packTokens: number },
): Promise<UpdateFigures> {
  const lossScale = 16;
  const start = performance.now();
  session.zeroGradients();
  let lossSum = 0;
  let learned = 0;
  for (const pack of packSequences(sequences, { maxTokens: packTokens })) {
    const result = await session.accumulate(pack, { lossScale, dropoutSeed: 0, promptWeight: 0 });
    lossSum += result.lossSum;
    learned += result.weight;
  }
  const computed = performance.now();
  const norm = (await session.gradientNorm()) / (lossScale * learned);
  await session.applyAdamW({
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    step,
    gradientScale: Math.min(1, 1 / norm) / (lossScale * learned),
  });
  const end = performance.now();
  return { loss: lossSum / learned, totalMs: end - start, optimizerMs: end - computed };
}
