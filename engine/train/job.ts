/** What the training loop is given. The engine's host puts this together; tests put in a toy session. */
import type { Recipe } from '#common/domain/recipe.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import type { AnswerGenerator } from '../generate/generator.ts';
import type { TrainingSession } from '../model/session.ts';

/** What to learn, and where the run lives. Plain data. */
export interface TrainJob {
  readonly recipe: Recipe;
  readonly examples: TrainExamples;
  /** Says which base the session holds, e.g. the hash of its file: a resumed run refuses another one. */
  readonly base: string;
  /** Folder of this run, which exists: `checkpoints/`, `candidates/` and the kept `adapter.gguf` are written in it. */
  readonly runFolder: string;
  /** Go on from the newest readable checkpoint in the folder. */
  readonly resume: boolean;
}

/** All sequences of one example are learned in the same update. */
export interface TrainExamples {
  readonly train: readonly EncodedSequence[];
  /** May be empty: then versions are compared by answers alone, or the last one is kept. */
  readonly heldOut: readonly EncodedSequence[];
}

/** Everything the loop does to the world. */
export interface TrainDeps {
  /** Freshly opened with the recipe's seed, rank and targets. Stays the caller's to dispose of. */
  readonly session: TrainingSession;
  /** Writes the session's adapter as it stands (llama.cpp LoRA GGUF) to a path; need not be atomic. */
  readonly saveAdapter: (path: string, session: TrainingSession, signal: AbortSignal) => Promise<void>;
  /** Absent: no answers are generated, and versions are compared by token accuracy. */
  readonly answers?: AnswerDeps | undefined;
  /** Memory this process holds now, in bytes. */
  readonly residentBytes: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
  /**
   * Processor time of this process so far, all threads together, in milliseconds. With it a machine that is busy
   * from the start is noticed; without it only one that becomes busy.
   */
  readonly processorMs?: (() => number) | undefined;
  /** Cancels: the stream rejects with `cancelled`, and the last checkpoint stays usable. */
  readonly signal: AbortSignal;
  /** Asked between updates and packs, and while answers are generated. True: the update in progress is finished and saved. */
  readonly shouldPause: () => boolean;
}

export interface AnswerDeps {
  /** Opened when the first answers are due and disposed of when the stream ends. */
  readonly openGenerator: () => AnswerGenerator | Promise<AnswerGenerator>;
  /** Prompts with a known answer: of these at most `recipe.maxAnswers` are used, spread evenly. */
  readonly prompts: readonly AnswerPrompt[];
  /** The person's own questions, answered at every evaluation and shown as samples. */
  readonly questions: readonly QuestionPrompt[];
  /** Puts answers to the recipe's check; verdicts in the order of the items. */
  readonly check: (items: readonly CheckItem[], signal: AbortSignal) => Promise<readonly CheckVerdict[]>;
}

export interface QuestionPrompt {
  /** What a person sees: the question's text. */
  readonly prompt: string;
  /** Token ids up to and including the opening of the assistant's turn, BOS included. */
  readonly ids: readonly number[];
}

export interface AnswerPrompt extends QuestionPrompt {
  readonly expected: string;
}

export interface CheckItem {
  readonly prompt: string;
  readonly expected: string;
  readonly answer: string;
}

export interface CheckVerdict {
  readonly passed: boolean;
  readonly why?: string | undefined;
}
