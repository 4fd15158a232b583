import type { TokenRole } from '#common/contract/engine.ts';

/**
 * One token sequence the model is trained on, with the mask the preview shows.
 * A conversation with several assistant turns becomes one sequence where each turn's rendering continues the
 * one before, and several sequences where the template rewrites earlier turns.
 */
export interface EncodedSequence {
  /** 0-based position of the example in the data set. */
  readonly example: number;
  /** Token ids, exactly one BOS where the model wants one. Already cut to the token limit. */
  readonly ids: Int32Array;
  /**
   * `learned[i] === 1` where token `i` is a target: the position before it is scored on predicting it.
   * `learned[0]` is always 0. Answers and their end-of-turn token are learned, all else is read.
   */
  readonly learned: Uint8Array;
}

/** One token as the preview shows it. */
export interface PreviewToken {
  readonly id: number;
  readonly text: string;
  readonly role: TokenRole;
}
