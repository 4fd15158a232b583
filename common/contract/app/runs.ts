import { z } from 'zod';
import { recipeSchema } from '../../domain/recipe.ts';
import { runStateSchema } from '../../domain/run.ts';
import { artifactKindSchema } from '../../domain/artifact.ts';
import { request, stream } from '../define.ts';
import { installedSchema } from './installing.ts';
import { draftIdSchema, nothingSchema, pathSchema, runIdSchema } from './shapes.ts';
import { reportSchema } from './shrinking.ts';

const answersSchema = z.object({ passed: z.int(), of: z.int(), stopped: z.int() });

export const runSummarySchema = z.object({
  id: runIdSchema,
  title: z.string(),
  state: runStateSchema,
  /** What its model is called, as the Model step shows it. */
  base: z.string(),
  preset: z.string(),
  examples: z.int(),
  createdAt: z.number(),
  updatedAt: z.number(),
  loss: z.number().nullable(),
  /** Of the kept version, else the newest. */
  heldOutLoss: z.number().nullable(),
  answers: answersSchema.nullable(),
  /** The same of the model as it was before; its answers only where it was evaluated itself. */
  before: z.object({ heldOutLoss: z.number().nullable(), answers: answersSchema.nullable() }),
  /** Seconds of training left by the newest step; null where this Tunesmith is not training it. */
  etaSeconds: z.number().nullable(),
  artifactBytes: z.number(),
  installedAs: z.array(z.string()),
  /** True where `training.resume` can go on with it. */
  canResume: z.boolean(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

const evaluationSchema = z.object({
  update: z.int(),
  heldOutLoss: z.number(),
  tokenAccuracy: z.number(),
  learnedTokens: z.int(),
});

export const runDetailSchema = z.object({
  id: runIdSchema,
  title: z.string(),
  state: runStateSchema,
  createdAt: z.number(),
  updatedAt: z.number(),
  engineBuild: z.string(),
  seed: z.int(),
  recipe: recipeSchema,
  recipeSha256: z.string(),
  base: z.object({
    /** As the Model step shows it. */
    title: z.string(),
    name: z.string(),
    path: z.string(),
    sha256: z.string(),
    bytes: z.number(),
    parameters: z.number(),
    /** False where the file is gone. */
    exists: z.boolean(),
  }),
  dataset: z.object({
    sha256: z.string(),
    examples: z.int(),
    bytes: z.number(),
    sources: z.array(z.object({ path: z.string(), sha256: z.string(), examples: z.int(), rejected: z.int() })),
  }),
  /** Losses by update, thinned to at most 500. */
  steps: z.array(z.object({ update: z.int(), loss: z.number() })),
  evaluations: z.array(evaluationSchema),
  answers: z.array(answersSchema.extend({ update: z.int() })),
  notices: z.array(z.object({ update: z.int(), code: z.string(), message: z.string(), at: z.number() })),
  reports: z.array(reportSchema),
  artifacts: z.array(
    z.object({
      kind: artifactKindSchema,
      path: z.string(),
      bytes: z.number(),
      sha256: z.string(),
      quant: z.string().nullable(),
      /** False where the file is gone. */
      exists: z.boolean(),
    }),
  ),
  installed: z.array(installedSchema),
  /** Answers of the kept version to the questions that were asked at every check; at most 30. */
  samples: z.array(
    z.object({
      update: z.int(),
      prompt: z.string(),
      answer: z.string(),
      expected: z.string().optional(),
      passed: z.boolean().optional(),
    }),
  ),
  /** True where it came from a file. */
  imported: z.boolean(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

const outcomeSchema = z.object({
  id: runIdSchema,
  lowestHeldOutLoss: z.number().nullable(),
  bestTokenAccuracy: z.number().nullable(),
  answers: z.object({ passed: z.int(), of: z.int() }).nullable(),
  trainingMs: z.number(),
});

/** What differs between two runs, and how both came out. Knobs as texts to show; null where a recipe lacks one. */
export const runDifferenceSchema = z.object({
  sameBase: z.boolean(),
  sameDataset: z.boolean(),
  recipe: z.array(z.object({ knob: z.string(), a: z.string().nullable(), b: z.string().nullable() })),
  a: outcomeSchema,
  b: outcomeSchema,
});
export type RunDifference = z.infer<typeof runDifferenceSchema>;

const ofRun = z.object({ run: runIdSchema });

/** What stands in a run's file. Nothing of it was checked against its hashes yet. */
export const runFileSchema = z.object({
  title: z.string(),
  createdAt: z.number(),
  examples: z.int(),
  base: z.string(),
  baseBytes: z.number(),
  /** The command line of the program that judged its answers; null where none did. */
  checkProgram: z.string().nullable(),
  /** The run of this id, where it is in the record already. */
  known: runIdSchema.nullable(),
});
export type RunFile = z.infer<typeof runFileSchema>;

export const runsContract = {
  /** Newest first. */
  list: request(nothingSchema, z.array(runSummarySchema)),
  /** The list at once and when it changes (at most twice a second). Stays open until it is cancelled. */
  watch: stream(nothingSchema, z.array(runSummarySchema)),
  detail: request(ofRun, runDetailSchema),
  compare: request(z.object({ a: runIdSchema, b: runIdSchema }), runDifferenceSchema),
  rename: request(z.object({ run: runIdSchema, title: z.string().trim().min(1).max(200) }), nothingSchema),
  /** A new draft with the run's base, examples and settings. Nothing is started. */
  repeat: request(ofRun, z.object({ draft: draftIdSchema })),
  /** One zip file, called `.tunesmith`. `to` absent: a file of the app's own folder, fetched in a browser by `download`. */
  export: request(
    z.object({ run: runIdSchema, to: pathSchema.optional() }),
    z.object({ path: z.string(), bytes: z.number(), entries: z.array(z.string()), download: z.string().nullable() }),
  ),
  /** Takes a run from a file that `export` made. Not trusted; nothing of it is run. */
  import: request(
    z.object({ path: pathSchema }),
    z.object({ run: runIdSchema, title: z.string(), checkProgram: z.boolean(), hasBase: z.boolean() }),
  ),
  /** Reads what stands in a run's file, for the person to decide about it. Keeps nothing, runs nothing. */
  look: request(z.object({ path: pathSchema }), runFileSchema),
  /** Run files that the system handed over, one at a time: at once and at every change. Stays open. */
  opened: stream(nothingSchema, z.object({ path: z.string().nullable(), waiting: z.int() })),
  /** The person has answered for this one. */
  closeOpened: request(z.object({ path: pathSchema }), nothingSchema),
  /** Disk space that deleting would free. */
  size: request(ofRun, z.object({ bytes: z.number() })),
  delete: request(
    ofRun,
    z.object({ freedBytes: z.number(), keptFiles: z.array(z.string()), stillInstalled: z.array(z.string()) }),
  ),
} as const;
