import type { EncodedSequence } from '../chat/encoded.ts';

export interface PackLimits {
  /** Most tokens in one pack. A single sequence longer than this becomes a pack of its own. */
  readonly maxTokens: number;
  /** Most sequences in one pack. */
  readonly maxSequences?: number;
}

/**
 * Attention runs sequence by sequence, and ggml's graph allocator aborts the process when a graph frees too many
 * blocks (seen with 13 short sequences in one graph), so a pack never holds more than these.
 */
export const defaultMaxSequences = 8;

/**
 * Whole sequences into packs, first fit: each sequence goes into the first pack that has room. Packs of any size
 * run at nearly the same speed, so this is about memory and the cost of a graph, not about perfect filling.
 * Deterministic: the same sequences in the same order give the same packs.
 */
export function packSequences(
  sequences: readonly EncodedSequence[],
  { maxTokens, maxSequences = defaultMaxSequences }: PackLimits,
): EncodedSequence[][] {
  const packs: { sequences: EncodedSequence[]; tokens: number }[] = [];
  for (const sequence of sequences) {
    const room = packs.find(
      (pack) => pack.sequences.length < maxSequences && pack.tokens + sequence.ids.length <= maxTokens,
    );
    if (room) {
      room.sequences.push(sequence);
      room.tokens += sequence.ids.length;
    } else {
      packs.push({ sequences: [sequence], tokens: sequence.ids.length });
    }
  }
  return packs.map((pack) => pack.sequences);
}

/** All tokens of some sequences, learned or read. */
export function countTokens(sequences: readonly EncodedSequence[]): number {
  return sequences.reduce((sum, sequence) => sum + sequence.ids.length, 0);
}

/** Tokens that are learned. */
export function countLearned(sequences: readonly EncodedSequence[]): number {
  let learned = 0;
  for (const sequence of sequences) for (const mark of sequence.learned) learned += mark;
  return learned;
}
