import { z } from 'zod';
import { quantTypeSchema } from '../engine.ts';
import { request, stream } from '../define.ts';
import { failureSchema, nothingSchema, runIdSchema, workSchema } from './shapes.ts';

/** How one version of the model did on the held-out examples. */
export const reportSchema = z.object({
  /** `base`, `adapter`, or a type such as `Q8_0`. */
  subject: z.string(),
  examples: z.int(),
  learnedTokens: z.int(),
  loss: z.number(),
  tokenAccuracy: z.number(),
  passed: z.int().optional(),
  of: z.int().optional(),
  stopped: z.int().optional(),
});
export type Report = z.infer<typeof reportSchema>;

export const shrinkChoiceSchema = z.object({
  quant: quantTypeSchema,
  /** Of the made file, else an estimate. */
  bytes: z.number(),
  made: z.object({ path: z.string(), bytes: z.number(), sha256: z.string() }).nullable(),
  report: reportSchema.nullable(),
});
export type ShrinkChoice = z.infer<typeof shrinkChoiceSchema>;

/** Why a size is recommended. */
export const recommendationSchema = z.discriminatedUnion('kind', [
  /** Fewer than two sizes were measured: the default for a model like this. */
  z.object({ kind: z.literal('default') }),
  /** The smallest whose right answers are as many as those of the best, but for one in twenty. */
  z.object({ kind: z.literal('answers'), passed: z.int(), of: z.int(), best: z.int() }),
  /** No answer can be counted: the smallest whose held-out loss is near the best. */
  z.object({ kind: z.literal('loss'), loss: z.number(), best: z.number() }),
]);
export type Recommendation = z.infer<typeof recommendationSchema>;

export const shrinkStateSchema = z.object({
  choices: z.array(shrinkChoiceSchema),
  /** The type to take: measured where enough was measured, else the default for this size of model. */
  recommended: quantTypeSchema,
  why: recommendationSchema,
  /** How the model does before it is shrunk; null where that was not measured. */
  whole: reportSchema.nullable(),
  /** True where held-out examples are there to measure with. */
  canMeasure: z.boolean(),
  work: workSchema.extend({ quant: quantTypeSchema, doing: z.enum(['making', 'measuring']) }).nullable(),
  /** Types that are still to come. */
  waiting: z.array(quantTypeSchema),
  /** Why the last work ended early. */
  failure: failureSchema.nullable(),
});
export type ShrinkState = z.infer<typeof shrinkStateSchema>;

const ofRun = z.object({ run: runIdSchema });

export const shrinkingContract = {
  /** Makes each type in turn, and measures each by its answers where `measure`; goes on when the window is reloaded. */
  start: request(
    z.object({ run: runIdSchema, quants: z.array(quantTypeSchema).min(1).max(9), measure: z.boolean().default(true) }),
    nothingSchema,
  ),
  cancel: request(ofRun, nothingSchema),
  /** The whole state at every change, at most ten a second. Stays open until it is cancelled. */
  watch: stream(ofRun, shrinkStateSchema),
  /** What each measured version answered to the held-out questions; `subject` as in its report. */
  answers: request(
    ofRun,
    z.array(
      z.object({
        prompt: z.string(),
        expected: z.string(),
        answers: z.array(
          z.object({ subject: z.string(), answer: z.string(), passed: z.boolean(), stopped: z.boolean() }),
        ),
      }),
    ),
  ),
  /** Deletes one made file; what was measured of it stays. `run-busy` while the run is worked on. */
  remove: request(z.object({ run: runIdSchema, quant: quantTypeSchema }), z.object({ freedBytes: z.number() })),
  /** Copies one made file, with a Modelfile, to a folder of the person's. */
  saveAs: request(
    z.object({ run: runIdSchema, quant: quantTypeSchema, folder: z.string().min(1).max(4096) }),
    z.object({ path: z.string(), modelfile: z.string() }),
  ),
} as const;
