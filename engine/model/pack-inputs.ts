/**
 * A pack of whole sequences as the arrays a graph reads. The last token of a sequence is only a target, so a
 * sequence of L ids takes L - 1 positions.
 */
import type { EncodedSequence } from '../chat/encoded.ts';

/** Queries of one attention block and the keys they may see; positions count from the start of the pack. */
export interface BlockMask {
  readonly start: number;
  readonly count: number;
  readonly firstKey: number;
  /** [keys, count]: 0 where the query may see the key, -inf elsewhere. */
  readonly mask: Float32Array;
}

export interface PackInputs {
  /** Positions of all sequences together. */
  readonly tokens: number;
  readonly ids: Int32Array;
  /** Position within the own sequence. */
  readonly positions: Int32Array;
  /** For each position the first it sees: where its sequence begins. */
  readonly firstKeys: Int32Array;
  /** The same for layers with a sliding window; the same array where no sequence is longer than the window. */
  readonly slidingFirstKeys: Int32Array;
  /** Positions of every sequence, where all have as many and none meets a sliding window; else null. */
  readonly uniformLength: number | null;
  /** Positions whose prediction is scored, plus one padding row of weight 0 at the end. */
  readonly scored: Int32Array;
  /** For each position its row in `scored`, or the padding row. */
  readonly inverse: Int32Array;
  /** Target token of each scored row. */
  readonly labels: Int32Array;
  /** Weight of each scored row: 1 learned, `promptWeight` read, 0 padding. */
  readonly weights: Float32Array;
}

export interface PackOptions {
  readonly promptWeight: number;
  readonly slidingWindow: number | null;
}

export function packInputs(pack: readonly EncodedSequence[], options: PackOptions): PackInputs {
  const tokens = pack.reduce((sum, { ids }) => sum + Math.max(0, ids.length - 1), 0);
  const ids = new Int32Array(tokens);
  const positions = new Int32Array(tokens);
  const sequenceStart = new Int32Array(tokens);
  const scored: number[] = [];
  const labels: number[] = [];
  const weights: number[] = [];
  let at = 0;
  let longest = 0;
  for (const sequence of pack) {
    const start = at;
    longest = Math.max(longest, sequence.ids.length - 1);
    for (let i = 0; i + 1 < sequence.ids.length; i++, at++) {
      ids[at] = sequence.ids[i]!;
      positions[at] = i;
      sequenceStart[at] = start;
      const weight = sequence.learned[i + 1] === 1 ? 1 : options.promptWeight;
      if (weight === 0) continue;
      scored.push(at);
      labels.push(sequence.ids[i + 1]!);
      weights.push(weight);
    }
  }
  const padding = scored.length;
  scored.push(0);
  labels.push(labels[0] ?? 0);
  weights.push(0);
  const inverse = new Int32Array(tokens).fill(padding);
  for (let row = 0; row < padding; row++) inverse[scored[row]!] = row;
  const window = options.slidingWindow;
  return {
    tokens,
    ids,
    positions,
    firstKeys: sequenceStart,
    slidingFirstKeys:
      window === null || longest <= window
        ? sequenceStart
        : // Keys that are `window` or more positions back are hidden.
          sequenceStart.map((start, query) => Math.max(start, query - window + 1)),
    uniformLength: tokens === longest * pack.length && (window === null || longest <= window) ? longest : null,
    scored: Int32Array.from(scored),
    inverse,
    labels: Int32Array.from(labels),
    weights: Float32Array.from(weights),
  };
}

/** Blocks of `blockSize` queries, before the last, and what each sees by the first keys of its queries. */
export function blockMasks(firstKeys: Int32Array, blockSize: number): readonly BlockMask[] {
  const tokens = firstKeys.length;
  const count = Math.max(1, Math.ceil(tokens / blockSize));
  const size = Math.ceil(tokens / count);
  const blocks: BlockMask[] = [];
  for (let start = 0; start < tokens; start += size) {
    const queries = Math.min(size, tokens - start);
    const firstKey = firstKeys[start]!;
    const keys = start + queries - firstKey;
    const mask = new Float32Array(keys * queries).fill(-Infinity);
    for (let query = 0; query < queries; query++) {
      const from = firstKeys[start + query]! - firstKey;
      mask.fill(0, query * keys + from, query * keys + start + query - firstKey + 1);
    }
    blocks.push({ start, count: queries, firstKey, mask });
  }
  return blocks;
}
