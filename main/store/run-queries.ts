import type { Artifact, InstalledModel } from '#common/domain/artifact.ts';
import type { Dataset } from '#common/domain/dataset.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import type { RunState } from '#common/domain/run.ts';
import { trainEventSchema, type TrainEventOf } from '#common/domain/train-event.ts';
import { artifactsOf, installedModels } from './artifacts.ts';
import { findBase, type Base } from './bases.ts';
import { read, type Db } from './database.ts';
import { findDataset } from './datasets.ts';
import { comparisonsOf, figuresOf, reportsOf, type Comparison, type Figures, type Report } from './figures.ts';
import { parseRecipe } from './recipes.ts';
import { parseState, runNotFound } from './run-rows.ts';

export interface AnswerCounts {
  readonly passed: number;
  readonly of: number;
  readonly stopped: number;
}

/** A line in the list of runs. */
export interface RunSummary {
  readonly id: string;
  readonly title: string;
  readonly state: RunState;
  readonly base: string;
  readonly preset: string;
  readonly examples: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Newest training loss; held-out loss of the kept version, else the newest. Null before the first. */
  readonly loss: number | null;
  readonly heldOutLoss: number | null;
  /** Answers of the kept version, else the newest that were put to the check; null where there were none. */
  readonly answers: AnswerCounts | null;
  /** The same two of the base: what the training is measured by. Its answers are counted only where it was evaluated itself. */
  readonly before: { readonly heldOutLoss: number | null; readonly answers: AnswerCounts | null };
  /** Files of this run, in its folder or elsewhere. */
  readonly artifactBytes: number;
  readonly installedAs: readonly string[];
}

/** All runs, newest first. */
export function listRuns(db: Db): readonly RunSummary[] {
  interface Row {
    readonly id: string;
    readonly title: string;
    readonly state: string;
    readonly base: string;
    readonly preset: string;
    readonly examples: number;
    readonly createdAt: number;
    readonly updatedAt: number;
    readonly loss: number | null;
    readonly heldOutLoss: number | null;
    readonly answers: string | null;
    readonly lossBefore: number | null;
    readonly answersBefore: string | null;
    readonly artifactBytes: number;
    readonly installedAs: string;
  }
  const rows = read(db, () =>
    db
      .prepare<[], Row>(
        `SELECT runs.id, runs.title, runs.state, bases.name AS base, recipes.json ->> 'preset' AS preset, datasets.examples,
           runs.created_at AS createdAt, runs.updated_at AS updatedAt,
           (SELECT loss FROM steps WHERE run = runs.id ORDER BY "update" DESC LIMIT 1) AS loss,
           (SELECT held_out_loss FROM evaluations WHERE run = runs.id
             ORDER BY "update" = runs.state ->> '$.progress.trained.keptUpdate' DESC, "update" DESC LIMIT 1) AS heldOutLoss,
           (SELECT json_object('passed', passed, 'of', "of", 'stopped', stopped) FROM answers WHERE run = runs.id
             ORDER BY "update" = runs.state ->> '$.progress.trained.keptUpdate' DESC, "update" DESC LIMIT 1) AS answers,
           (SELECT held_out_loss FROM evaluations WHERE run = runs.id AND "update" = 0) AS lossBefore,
           (SELECT json_object('passed', passed, 'of', "of", 'stopped', stopped) FROM reports
             WHERE run = runs.id AND subject = 'base' AND "of" > 0) AS answersBefore,
           (SELECT ifnull(sum(bytes), 0) FROM artifacts WHERE run = runs.id) AS artifactBytes,
           (SELECT json_group_array(name ORDER BY name) FROM installed_models WHERE run = runs.id) AS installedAs
         FROM runs JOIN bases ON bases.sha256 = runs.base JOIN datasets ON datasets.sha256 = runs.dataset
           JOIN recipes ON recipes.sha256 = runs.recipe
         ORDER BY runs.created_at DESC, runs.id DESC`,
      )
      .all(),
  );
  return rows.map(({ lossBefore, answersBefore, ...row }) => ({
    ...row,
    state: parseState(row.state),
    answers: countsOf(row.answers),
    before: { heldOutLoss: lossBefore, answers: countsOf(answersBefore) },
    installedAs: JSON.parse(row.installedAs) as readonly string[],
  }));
}

function countsOf(json: string | null): AnswerCounts | null {
  return json === null ? null : (JSON.parse(json) as AnswerCounts);
}

/** Everything the record knows of one run, but for its samples (see `samplesOf`). */
export interface RunDetail {
  readonly id: string;
  readonly title: string;
  readonly state: RunState;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly engineBuild: string;
  readonly seed: number;
  readonly recipe: Recipe;
  readonly recipeSha256: string;
  readonly base: Base;
  readonly dataset: Dataset;
  /** Facts of the (last) start of its training; null before. */
  readonly start: TrainEventOf<'start'> | null;
  readonly figures: Figures;
  readonly reports: readonly Report[];
  readonly comparisons: readonly Comparison[];
  readonly artifacts: readonly Artifact[];
  readonly installed: readonly InstalledModel[];
}

/** Throws `run-not-found`. */
export function runDetail(db: Db, id: string): RunDetail {
  interface Row {
    readonly title: string;
    readonly state: string;
    readonly created_at: number;
    readonly updated_at: number;
    readonly engine_build: string;
    readonly seed: number;
    readonly base: string;
    readonly dataset: string;
    readonly recipe: string;
    readonly start: string | null;
    readonly json: string;
  }
  return read(db, () => {
    const row = db
      .prepare<[string], Row>(
        'SELECT runs.*, recipes.json FROM runs JOIN recipes ON recipes.sha256 = runs.recipe WHERE id = ?',
      )
      .get(id);
    if (row === undefined) throw runNotFound(id);
    const base = findBase(db, row.base);
    const dataset = findDataset(db, row.dataset);
    // Foreign keys see to both.
    if (base === undefined || dataset === undefined) throw runNotFound(id);
    return {
      id,
      title: row.title,
      state: parseState(row.state),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      engineBuild: row.engine_build,
      seed: row.seed,
      recipe: parseRecipe(row.json),
      recipeSha256: row.recipe,
      base,
      dataset,
      start: row.start === null ? null : startOf(row.start),
      figures: figuresOf(db, id),
      reports: reportsOf(db, id),
      comparisons: comparisonsOf(db, id),
      artifacts: artifactsOf(db, id),
      installed: installedModels(db, id),
    };
  });
}

/** Of a run what changes while it is trained, but for its figures. Throws `run-not-found`. */
export function runNow(db: Db, id: string): Pick<RunDetail, 'state' | 'start' | 'updatedAt'> {
  interface Row {
    readonly state: string;
    readonly start: string | null;
    readonly updatedAt: number;
  }
  const row = db.prepare<[string], Row>('SELECT state, start, updated_at AS updatedAt FROM runs WHERE id = ?').get(id);
  if (row === undefined) throw runNotFound(id);
  return { ...row, state: parseState(row.state), start: row.start === null ? null : startOf(row.start) };
}

function startOf(json: string): TrainEventOf<'start'> | null {
  const event = trainEventSchema.parse(JSON.parse(json));
  return event.type === 'start' ? event : null;
}

/** What differs between two runs, and how both came out. */
export interface RunDifference {
  readonly sameBase: boolean;
  readonly sameDataset: boolean;
  /** Knobs with unequal values; a knob that one recipe lacks is undefined there. */
  readonly recipe: readonly { readonly knob: string; readonly a: unknown; readonly b: unknown }[];
  readonly a: Outcome;
  readonly b: Outcome;
}

export interface Outcome {
  readonly id: string;
  readonly lowestHeldOutLoss: number | null;
  readonly bestTokenAccuracy: number | null;
  /** Answers of the kept version, else the best that were seen. */
  readonly answers: { readonly passed: number; readonly of: number } | null;
  /** Time spent in updates, from the first step to the last. */
  readonly trainingMs: number;
}

export function compareRuns(db: Db, a: string, b: string): RunDifference {
  const [first, second] = read(db, () => [runDetail(db, a), runDetail(db, b)]) as [RunDetail, RunDetail];
  const left: Readonly<Record<string, unknown>> = first.recipe;
  const right: Readonly<Record<string, unknown>> = second.recipe;
  const knobs = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return {
    sameBase: first.base.sha256 === second.base.sha256,
    sameDataset: first.dataset.sha256 === second.dataset.sha256,
    recipe: knobs
      .filter((knob) => JSON.stringify(left[knob]) !== JSON.stringify(right[knob]))
      .map((knob) => ({ knob, a: left[knob], b: right[knob] })),
    a: outcomeOf(first),
    b: outcomeOf(second),
  };
}

function outcomeOf({ id, figures, state }: RunDetail): Outcome {
  const { steps, evaluations, answers } = figures;
  const kept = answers.find((each) => each.update === state.progress?.trained?.keptUpdate);
  const best = answers.toSorted((a, b) => b.passed / Math.max(1, b.of) - a.passed / Math.max(1, a.of))[0];
  const chosen = kept ?? best;
  return {
    id,
    lowestHeldOutLoss: evaluations.length === 0 ? null : Math.min(...evaluations.map((each) => each.heldOutLoss)),
    bestTokenAccuracy: evaluations.length === 0 ? null : Math.max(...evaluations.map((each) => each.tokenAccuracy)),
    answers: chosen === undefined ? null : { passed: chosen.passed, of: chosen.of },
    trainingMs: (steps.at(-1)?.at ?? 0) - (steps[0]?.at ?? 0),
  };
}
