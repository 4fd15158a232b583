import type { SensitiveThing } from '#common/domain/sensitive.ts';

/** What the data doctor looks for. */
export const findingKinds = [
  /** The same example more than once. */
  'duplicate',
  /** Examples that say nearly the same. */
  'near-duplicate',
  /** The same question with different answers. */
  'contradiction',
  'empty-answer',
  'short-answer',
  /** Longer than the model will read in one go; the end would be cut off. */
  'too-long',
  /** Keys, passwords: a model repeats what it learned. */
  'secret',
  'personal-data',
  /** Characters damaged by a wrong encoding. */
  'broken-characters',
  /** A held-out example that training has seen. */
  'leakage',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** 1-based positions in the data set (for leakage: in the held-out set). */
  readonly rows: readonly number[];
  /** Rows that belong together, where several such groups are put together in this finding. */
  readonly groups?: readonly (readonly number[])[] | undefined;
  /** Of a secret or personal data: what it is. */
  readonly thing?: SensitiveThing | undefined;
  /** Of too long ones: the tokens that are read in one go. */
  readonly maxTokens?: number | undefined;
  /** What was found, in a lay person's words: those of the command line. The window has its own. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}
