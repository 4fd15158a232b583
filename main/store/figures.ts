import type { TrainEventOf } from '#common/domain/train-event.ts';
import { write, type Db } from './database.ts';

export type StepFigures = Omit<TrainEventOf<'step'>, 'type' | 'etaSeconds'> & {
  /** Milliseconds since 1970. */
  readonly at: number;
};
export type EvaluationFigures = Omit<TrainEventOf<'evaluation'>, 'type'>;
export type AnswerFigures = Omit<TrainEventOf<'answers'>, 'type'>;
export type Sample = Omit<TrainEventOf<'sample'>, 'type'>;
export type Notice = Omit<TrainEventOf<'notice'>, 'type'> & { readonly at: number };

/** Everything that was measured in a run's training, each list by update. */
export interface Figures {
  readonly steps: readonly StepFigures[];
  readonly evaluations: readonly EvaluationFigures[];
  readonly answers: readonly AnswerFigures[];
  readonly notices: readonly Notice[];
}

export function figuresOf(db: Db, run: string): Figures {
  return figuresAfter(db, run, nothingRead);
}

const orders = {
  steps: '"update"',
  evaluations: '"update"',
  answers: '"update"',
  notices: 'id',
  samples: 'id',
} as const;
type List = keyof typeof orders;
const lists = Object.keys(orders) as readonly List[];

/** How far somebody has read a run's figures: the newest row of each list, by update, or by id where one update has several. */
export type FiguresRead = Readonly<Record<List, number>>;

const nothing = -1;
export const nothingRead: FiguresRead = {
  steps: nothing,
  evaluations: nothing,
  answers: nothing,
  notices: nothing,
  samples: nothing,
};

/** How far a reader of everything is now. */
export function figuresReadNow(db: Db, run: string): FiguresRead {
  const newest = (list: List): number =>
    db
      .prepare<[string], number>(`SELECT ifnull(max(${orders[list]}), ${nothing}) FROM ${list} WHERE run = ?`)
      .pluck()
      .get(run) ?? nothing;
  return Object.fromEntries(lists.map((list) => [list, newest(list)])) as unknown as FiguresRead;
}

/** False where what was read last has been taken back since, as when a run goes on from an older checkpoint. */
export function isStillThere(db: Db, run: string, read: FiguresRead): boolean {
  return lists.every(
    (list) =>
      read[list] === nothing ||
      db
        .prepare<[string, number], number>(`SELECT 1 FROM ${list} WHERE run = ? AND ${orders[list]} = ?`)
        .pluck()
        .get(run, read[list]) !== undefined,
  );
}

/** What came after `read`. */
export function figuresAfter(db: Db, run: string, read: FiguresRead): Figures {
  return {
    steps: db
      .prepare<[string, number], StepFigures>(
        `SELECT "update", epoch, loss, learning_rate AS learningRate, gradient_norm AS gradientNorm, tokens,
           tokens_per_second AS tokensPerSecond, resident_bytes AS residentBytes, at
         FROM steps WHERE run = ? AND "update" > ? ORDER BY "update"`,
      )
      .all(run, read.steps),
    evaluations: db
      .prepare<[string, number], EvaluationFigures>(
        `SELECT "update", held_out_loss AS heldOutLoss, token_accuracy AS tokenAccuracy, learned_tokens AS learnedTokens
         FROM evaluations WHERE run = ? AND "update" > ? ORDER BY "update"`,
      )
      .all(run, read.evaluations),
    answers: db
      .prepare<[string, number], AnswerFigures>(
        'SELECT "update", passed, "of", stopped FROM answers WHERE run = ? AND "update" > ? ORDER BY "update"',
      )
      .all(run, read.answers),
    notices: db
      .prepare<[string, number], Notice>(
        'SELECT "update", code, message, at FROM notices WHERE run = ? AND id > ? ORDER BY id',
      )
      .all(run, read.notices),
  };
}

/** Sample answers in the order they were given; of one update, or of all, and only those after what was read. */
export function samplesOf(
  db: Db,
  run: string,
  update?: number,
  { samples: last }: Pick<FiguresRead, 'samples'> = nothingRead,
): readonly Sample[] {
  interface Row {
    readonly update: number;
    readonly prompt: string;
    readonly answer: string;
    readonly expected: string | null;
    readonly passed: number | null;
    readonly stopped: number;
  }
  return db
    .prepare<[string, number | null, number], Row>(
      `SELECT "update", prompt, answer, expected, passed, stopped FROM samples
       WHERE run = ? AND "update" = ifnull(?, "update") AND id > ? ORDER BY id`,
    )
    .all(run, update ?? null, last)
    .map((row) => ({
      update: row.update,
      prompt: row.prompt,
      answer: row.answer,
      stopped: row.stopped === 1,
      ...(row.expected === null ? {} : { expected: row.expected }),
      ...(row.passed === null ? {} : { passed: row.passed === 1 }),
    }));
}

/** How one version of the model did on the held-out examples: `base`, `adapter`, or a type such as `Q8_0`. */
export interface Report {
  readonly subject: string;
  readonly examples: number;
  readonly learnedTokens: number;
  readonly loss: number;
  readonly tokenAccuracy: number;
  readonly passed?: number | undefined;
  readonly of?: number | undefined;
  readonly stopped?: number | undefined;
}

/** Keeps an evaluation's result; a later one of the same subject replaces it. */
export function saveReport(db: Db, run: string, report: Report, at: number): void {
  write(db, () => {
    db.prepare('INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      run,
      report.subject,
      report.examples,
      report.learnedTokens,
      report.loss,
      report.tokenAccuracy,
      report.passed ?? null,
      report.of ?? null,
      report.stopped ?? null,
      at,
    );
  });
}

export function reportsOf(db: Db, run: string): readonly Report[] {
  interface Row {
    readonly subject: string;
    readonly examples: number;
    readonly learnedTokens: number;
    readonly loss: number;
    readonly tokenAccuracy: number;
    readonly passed: number | null;
    readonly of: number | null;
    readonly stopped: number | null;
  }
  return db
    .prepare<[string], Row>(
      `SELECT subject, examples, learned_tokens AS learnedTokens, loss, token_accuracy AS tokenAccuracy, passed, "of", stopped
       FROM reports WHERE run = ? ORDER BY at, subject`,
    )
    .all(run)
    .map(({ passed, of, stopped, ...rest }) => ({
      ...rest,
      ...(passed === null ? {} : { passed }),
      ...(of === null ? {} : { of }),
      ...(stopped === null ? {} : { stopped }),
    }));
}

/** One question answered by the base and by the tuned model. */
export interface Comparison {
  readonly prompt: string;
  readonly base: string;
  readonly tuned: string;
}

/** Keeps the newest comparison of a run; the one before is replaced as a whole. */
export function saveComparisons(db: Db, run: string, rows: readonly Comparison[], at: number): void {
  write(db, () => {
    db.prepare('DELETE FROM comparisons WHERE run = ?').run(run);
    const insert = db.prepare(
      'INSERT INTO comparisons (run, position, prompt, base, tuned, at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const [position, row] of rows.entries()) insert.run(run, position, row.prompt, row.base, row.tuned, at);
  });
}

export function comparisonsOf(db: Db, run: string): readonly Comparison[] {
  return db
    .prepare<[string], Comparison>('SELECT prompt, base, tuned FROM comparisons WHERE run = ? ORDER BY position')
    .all(run);
}
