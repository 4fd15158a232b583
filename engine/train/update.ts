import type { EncodedSequence } from '../chat/encoded.ts';
import type { TrainingSession } from '../model/session.ts';
import type { LossScale } from './loss-scale.ts';
import { growLossScale, reduceLossScale } from './loss-scale.ts';
import { deriveSeed } from './random.ts';

/** AdamW's usual constants (Loshchilov and Hutter 2019; Kingma and Ba 2015). */
export const adamW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

export interface UpdateOptions {
  /** 1-based number of the update: AdamW's step and part of the dropout seed. */
  readonly update: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly promptWeight: number;
  readonly seed: number;
  readonly lossScale: LossScale;
  readonly signal: AbortSignal;
}

export type UpdateResult =
  | {
      readonly kind: 'applied';
      /** Mean loss per learned token over the update's examples, in nats. */
      readonly loss: number;
      /** Norm of the gradient of that mean, before clipping. */
      readonly gradientNorm: number;
      readonly tokens: number;
      /** What the next update starts from. */
      readonly lossScale: LossScale;
    }
  /** Nothing was changed: the loss, or the gradient at the smallest loss scale, is not a number any more. */
  | { readonly kind: 'not-finite'; readonly what: 'loss' | 'gradient' };

/**
 * One optimizer update. The gradient of the summed loss is gathered pack by pack and divided by the weight of the
 * whole update, so how the examples were packed makes no difference. A gradient that is not finite halves the loss
 * scale and is computed again, with the same dropout.
 */
export async function runUpdate(
  session: TrainingSession,
  packs: readonly (readonly EncodedSequence[])[],
  options: UpdateOptions,
): Promise<UpdateResult> {
  let lossScale = options.lossScale;
  for (;;) {
    const sums = await accumulateAll(session, packs, lossScale.scale, options);
    if (!Number.isFinite(sums.lossSum)) return { kind: 'not-finite', what: 'loss' };
    const norm = (await session.gradientNorm()) / (lossScale.scale * sums.weight);
    if (Number.isFinite(norm)) {
      const clip = norm > options.clipNorm ? options.clipNorm / norm : 1;
      await session.applyAdamW({
        ...adamW,
        learningRate: options.learningRate,
        weightDecay: options.weightDecay,
        step: options.update,
        gradientScale: clip / (lossScale.scale * sums.weight),
      });
      return {
        kind: 'applied',
        loss: sums.lossSum / sums.weight,
        gradientNorm: norm,
        tokens: sums.tokens,
        lossScale: growLossScale(lossScale),
      };
    }
    const smaller = reduceLossScale(lossScale);
    if (!smaller) return { kind: 'not-finite', what: 'gradient' };
    lossScale = smaller;
  }
}

async function accumulateAll(
  session: TrainingSession,
  packs: readonly (readonly EncodedSequence[])[],
  lossScale: number,
  { update, seed, promptWeight, signal }: UpdateOptions,
): Promise<{ lossSum: number; weight: number; tokens: number }> {
  session.zeroGradients();
  const sums = { lossSum: 0, weight: 0, tokens: 0 };
  for (const [index, pack] of packs.entries()) {
    const dropoutSeed = deriveSeed(seed, update, index);
    const result = await session.accumulate(pack, { lossScale, dropoutSeed, promptWeight }, signal);
    sums.lossSum += result.lossSum;
    sums.weight += result.weight;
    sums.tokens += result.tokens;
  }
  return sums;
}
