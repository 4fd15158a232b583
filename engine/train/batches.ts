import type { EncodedSequence } from '../chat/encoded.ts';
import { createRandom, deriveSeed, shuffledPositions } from './random.ts';

/** Which examples an update learns from. */
export interface Batches {
  readonly updatesPerEpoch: number;
  readonly totalUpdates: number;
  /** Positions of the examples of an update; `update` counts from 1 to `totalUpdates`. */
  examplesOf(update: number): readonly number[];
}

/**
 * Every epoch goes through all examples once, in an order of its own; its last update takes what is left.
 * A fraction of an epoch is rounded up to whole updates. The order depends on (seed, epoch) alone, so the number
 * of the update is all that a checkpoint has to remember.
 */
export function planBatches(
  exampleCount: number,
  { batchSize, epochs, seed }: { readonly batchSize: number; readonly epochs: number; readonly seed: number },
): Batches {
  const updatesPerEpoch = Math.ceil(exampleCount / batchSize);
  // The tiny allowance keeps 1.1 epochs of 10 updates at 11, not 12, in spite of binary fractions.
  const totalUpdates = Math.max(1, Math.ceil(epochs * updatesPerEpoch - 1e-9));
  let shuffled: { readonly epoch: number; readonly order: readonly number[] } | null = null;
  return {
    updatesPerEpoch,
    totalUpdates,
    examplesOf(update) {
      const epoch = Math.floor((update - 1) / updatesPerEpoch);
      if (shuffled?.epoch !== epoch) {
        shuffled = { epoch, order: shuffledPositions(exampleCount, createRandom(deriveSeed(seed, epoch))) };
      }
      const first = ((update - 1) % updatesPerEpoch) * batchSize;
      return shuffled.order.slice(first, first + batchSize);
    },
  };
}

/** All sequences of one example, which are always learned in the same update. */
export interface TrainingExample {
  /** 0-based position in the data set. */
  readonly example: number;
  readonly sequences: readonly EncodedSequence[];
}

/** Sequences by the example they came from, in the order in which the examples first appear. */
export function groupByExample(sequences: readonly EncodedSequence[]): TrainingExample[] {
  const groups = new Map<number, EncodedSequence[]>();
  for (const sequence of sequences) {
    const group = groups.get(sequence.example);
    if (group) group.push(sequence);
    else groups.set(sequence.example, [sequence]);
  }
  return [...groups].map(([example, own]) => ({ example, sequences: own }));
}
