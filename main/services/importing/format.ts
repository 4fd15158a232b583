import type { Message } from '#common/domain/example.ts';
import type { RawText } from './raw-text.ts';
import type { Correction, Guess } from './report.ts';
import type { Sample, TextSource } from './text-source.ts';

/** One row of a file: an example, or why it is none. Lines count from 1. */
export type Row =
  | {
      readonly line: number;
      readonly endLine: number;
      readonly messages: readonly Message[];
      readonly raw?: (() => RawText) | undefined;
    }
  | {
      readonly line: number | null;
      readonly endLine: number | null;
      readonly reason: string;
      readonly hint?: string | undefined;
      /** True where the correction `repair` would make an example of it. */
      readonly isRepairable?: boolean | undefined;
      /** The text that is there; asked for only where the row is told. */
      readonly raw?: (() => RawText) | undefined;
    };

/** How one file will be read. */
export interface ReadingPlan {
  /** 0 to 1: how sure the format is that this is its kind of file. */
  readonly confidence: number;
  readonly guess: Guess;
  /** Streams the rows. `note` tells of lines that could have been read another way. */
  rows(source: TextSource, note: (text: string) => void): AsyncIterable<Row>;
}

/**
 * A format is one file with one of these. `plan` looks at the beginning of a text and says how it would read it;
 * undefined when it is not this format. With `correction.format` naming the format it must answer whatever it sees.
 */
export interface ImportFormat {
  readonly name: Guess['format'];
  plan(sample: Sample, correction: Correction): ReadingPlan | undefined;
}

export const tooLongReason = (maxRowChars: number): string =>
  `This row is too long: more than ${Math.round(maxRowChars / 1_000_000)} million characters.`;
