import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { z } from 'zod';
import { artifactSchema, sha256Schema } from '#common/domain/artifact.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { modelInfoSchema } from '#common/domain/model-info.ts';
import { recipeSchema } from '#common/domain/recipe.ts';
import { frozenWeightsSchema } from '#common/domain/train-event.ts';
import { isRunId } from '#common/domain/run-id.ts';
import { isActive, runStateSchema } from '#common/domain/run.ts';
import { findBase, saveBase } from './bases.ts';
import type { Capsule } from './capsule.ts';
import { write } from './database.ts';
import { recipeHash, saveRecipe } from './recipes.ts';
import type { Store } from './store.ts';

const countSchema = z.int().nonnegative();
/** Not a number, or without an end, is told as null. */
const figureSchema = z.number().nullable();
const nameSchema = z.string().min(1).max(300);
const wordsSchema = z.string().max(100_000);
const dateSchema = z.iso.datetime().transform((date) => Date.parse(date));
const most = 1_000_000;

const startSchema = z.object({
  type: z.literal('start'),
  update: countSchema,
  totalUpdates: countSchema,
  trainExamples: countSchema,
  heldOutExamples: countSchema,
  learnedTokens: countSchema,
  epochTokens: countSchema,
  trainableParameters: countSchema,
  device: z.string().max(300),
  threads: countSchema,
  gradientCheckpointing: z.boolean(),
  frozenWeights: frozenWeightsSchema.optional(),
});

const documentSchema = z.object({
  format: z.literal('tunesmith-run'),
  version: z.literal(1),
  id: z.string().refine(isRunId),
  title: z.string().min(1).max(500),
  state: runStateSchema.refine((state) => !isActive(state)),
  start: startSchema.loose().nullable(),
  createdAt: dateSchema,
  updatedAt: dateSchema,
  engineBuild: z.string().max(500),
  seed: z.int(),
  recipe: recipeSchema,
  recipeSha256: sha256Schema,
  base: z.object({
    name: nameSchema,
    sha256: sha256Schema,
    bytes: countSchema,
    info: z.object({ ...modelInfoSchema.unwrap().shape, path: z.undefined().optional() }),
  }),
  dataset: z.object({
    sha256: sha256Schema,
    examples: z.int().positive(),
    sources: z
      .array(
        z.object({
          name: nameSchema,
          sha256: sha256Schema,
          bytes: countSchema,
          examples: countSchema,
          rejected: countSchema,
        }),
      )
      .max(100_000),
  }),
  figures: z.object({
    steps: z
      .array(
        z.object({
          update: countSchema,
          epoch: z.number(),
          loss: figureSchema,
          learningRate: z.number(),
          gradientNorm: figureSchema,
          tokens: countSchema,
          tokensPerSecond: z.number(),
          residentBytes: countSchema,
          at: z.int(),
        }),
      )
      .max(most),
    evaluations: z
      .array(
        z.object({
          update: countSchema,
          heldOutLoss: figureSchema,
          tokenAccuracy: figureSchema,
          learnedTokens: countSchema,
        }),
      )
      .max(most),
    answers: z
      .array(z.object({ update: countSchema, passed: countSchema, of: countSchema, stopped: countSchema }))
      .max(most),
    notices: z
      .array(z.object({ update: countSchema, code: z.string().max(100), message: wordsSchema, at: z.int() }))
      .max(most),
    reports: z
      .array(
        z.object({
          subject: z.string().max(100),
          examples: countSchema,
          learnedTokens: countSchema,
          loss: figureSchema,
          tokenAccuracy: figureSchema,
          passed: countSchema.optional(),
          of: countSchema.optional(),
          stopped: countSchema.optional(),
        }),
      )
      .max(1000),
  }),
  artifacts: z
    .array(artifactSchema.refine(({ path: name }) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(name)))
    .max(200),
});
export type RunDocumentIn = z.output<typeof documentSchema>;

export const sampleLine = z.object({
  update: countSchema,
  prompt: wordsSchema,
  answer: wordsSchema,
  expected: wordsSchema.optional(),
  passed: z.boolean().optional(),
  stopped: z.boolean(),
});
export const comparisonLine = z.object({ prompt: wordsSchema, base: wordsSchema, tuned: wordsSchema });

/** Parses `run.json`. Throws `file-corrupt`, or `file-unsupported` where a newer version wrote it. */
export async function readRunDocument(capsule: Capsule): Promise<RunDocumentIn> {
  let value: unknown;
  try {
    value = JSON.parse(await text(await capsule.open('run.json')));
  } catch (error) {
    throw unreadable('its run.json is no JSON', error);
  }
  const version = z.object({ version: z.number() }).safeParse(value).data?.version ?? 1;
  if (version > 1) {
    throw new TunesmithError('file-unsupported', 'This run was exported by a newer version of Tunesmith.', {
      advice: 'Update Tunesmith, then import it again.',
    });
  }
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    throw unreadable(`its run.json is not as it must be (${at})`, parsed.error);
  }
  const { recipe, recipeSha256 } = parsed.data;
  if (recipeHash(recipe) !== recipeSha256) throw unreadable('its settings are not what their hash says');
  return parsed.data;
}

/** Writes everything of a run into the record, in one transaction. */
export function insertRun(
  store: Store,
  document: RunDocumentIn,
  samples: readonly z.output<typeof sampleLine>[],
  comparisons: readonly z.output<typeof comparisonLine>[],
): { readonly hasBase: boolean } {
  const { db } = store;
  return write(db, () => {
    const { base } = document;
    const known = findBase(db, base.sha256);
    if (known === undefined) {
      // Where it would lie if it were fetched; it is found there once somebody puts it there.
      const place = path.join(store.layout.models, path.basename(base.name));
      const info = { ...base.info, path: place };
      saveBase(db, { sha256: base.sha256, path: place, source: 'file', name: base.name, info }, document.createdAt);
    }
    const run = document.id;
    const { state, createdAt, updatedAt, figures } = document;
    db.prepare(
      `INSERT INTO runs (id, title, base, dataset, recipe, seed, engine_build, created_at, updated_at, phase, state, owner, start)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)`,
    ).run(
      ...[run, document.title, base.sha256, document.dataset.sha256, saveRecipe(db, document.recipe), document.seed],
      ...[document.engineBuild, createdAt, updatedAt, state.phase, JSON.stringify(state)],
      document.start === null ? null : JSON.stringify(document.start),
    );
    const step = db.prepare('INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (const {
      update,
      epoch,
      loss,
      learningRate,
      gradientNorm,
      tokens,
      tokensPerSecond,
      residentBytes,
      at,
    } of figures.steps)
      step.run(run, update, epoch, loss, learningRate, gradientNorm, tokens, tokensPerSecond, residentBytes, at);
    const evaluation = db.prepare('INSERT INTO evaluations VALUES (?, ?, ?, ?, ?)');
    for (const { update, heldOutLoss, tokenAccuracy, learnedTokens } of figures.evaluations)
      evaluation.run(run, update, heldOutLoss, tokenAccuracy, learnedTokens);
    const answer = db.prepare('INSERT INTO answers VALUES (?, ?, ?, ?, ?)');
    for (const { update, passed, of, stopped } of figures.answers) answer.run(run, update, passed, of, stopped);
    const notice = db.prepare('INSERT INTO notices (run, "update", code, message, at) VALUES (?, ?, ?, ?, ?)');
    for (const { update, code, message, at } of figures.notices) notice.run(run, update, code, message, at);
    const sample = db.prepare(
      'INSERT INTO samples (run, "update", prompt, answer, expected, passed, stopped) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (const { update, prompt, answer: said, expected, passed, stopped } of samples)
      sample.run(
        run,
        update,
        prompt,
        said,
        expected ?? null,
        passed === undefined ? null : Number(passed),
        Number(stopped),
      );
    const report = db.prepare('INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    // Lists are read back by time: equal times would lose their order.
    for (const [index, each] of figures.reports.entries())
      report.run(
        ...[run, each.subject, each.examples, each.learnedTokens, each.loss, each.tokenAccuracy],
        ...[each.passed ?? null, each.of ?? null, each.stopped ?? null, updatedAt + index],
      );
    const artifact = db.prepare(
      'INSERT INTO artifacts (run, path, kind, bytes, sha256, quant, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (const [index, each] of document.artifacts.entries())
      artifact.run(run, each.path, each.kind, each.bytes, each.sha256, each.quant ?? null, updatedAt + index);
    const comparison = db.prepare('INSERT INTO comparisons VALUES (?, ?, ?, ?, ?, ?)');
    for (const [index, each] of comparisons.entries())
      comparison.run(run, index, each.prompt, each.base, each.tuned, updatedAt);
    return { hasBase: known !== undefined && existsSync(known.path) };
  });
}

function unreadable(why: string, cause?: unknown): TunesmithError {
  return new TunesmithError('file-corrupt', `This run cannot be imported: ${why}.`, {
    advice: 'Export it again where it was made. Nothing of it was kept.',
    cause,
  });
}
