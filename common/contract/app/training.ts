import { z } from 'zod';
import { checkSpecSchema, recipeSchema, resumeChangesSchema } from '../../domain/recipe.ts';
import { runStateSchema } from '../../domain/run.ts';
import { trainEventSchema, type TrainEventOf } from '../../domain/train-event.ts';
import { measurementSchema, rehearsalSchema } from '../engine.ts';
import { request, stream } from '../define.ts';
import { overridesSchema, presetSchema } from './drafts.ts';
import { draftIdSchema, nothingSchema, runIdSchema } from './shapes.ts';

/** What to train with; base and examples are the draft's. */
export const orderSchema = z.object({
  draft: draftIdSchema,
  preset: presetSchema,
  overrides: overridesSchema.default({}),
});
export type TrainingOrder = z.input<typeof orderSchema>;

export const planSchema = z.object({
  recipe: recipeSchema,
  measurement: measurementSchema,
  trainExamples: z.int(),
  heldOutExamples: z.int(),
  /** Optimizer updates of the whole training. */
  updates: z.int(),
});
export type Plan = z.infer<typeof planSchema>;

/** One knob of the recipe, for the expert drawer; words are the window's. */
export const knobSchema = z.object({
  knob: z.enum(Object.keys(recipeSchema.unwrap().shape) as [keyof z.infer<typeof recipeSchema>]),
  kind: z.enum(['whole', 'number', 'share', 'choice', 'layers', 'threads', 'text']),
  least: z.number().optional(),
  most: z.number().optional(),
  choices: z.array(z.string()).optional(),
});
export type Knob = z.infer<typeof knobSchema>;

type EventOf<T extends Parameters<typeof eventOf>[0]> = z.ZodType<TrainEventOf<T>>;
function eventOf(type: TrainEventOf<'start' | 'step' | 'evaluation' | 'answers' | 'sample' | 'notice'>['type']) {
  return trainEventSchema.options.find((option) => option.shape.type.value === type) as z.ZodType;
}
const startEvent = eventOf('start') as EventOf<'start'>;
const stepEvent = eventOf('step') as EventOf<'step'>;
const evaluationEvent = eventOf('evaluation') as EventOf<'evaluation'>;
const answersEvent = eventOf('answers') as EventOf<'answers'>;
const sampleEvent = eventOf('sample') as EventOf<'sample'>;
const noticeEvent = eventOf('notice') as EventOf<'notice'>;

const figures = {
  steps: z.array(stepEvent),
  evaluations: z.array(evaluationEvent),
  answers: z.array(answersEvent),
  samples: z.array(sampleEvent),
  notices: z.array(noticeEvent),
};

/**
 * A run's training. First `snapshot` (everything so far, `sequence` 0), then `delta`s (only what is new: append the
 * lists, replace `state`, `start` and `lastSavedAt`), at most ten a second. Another `snapshot` means: begin anew
 * (a resumed run took back updates). `etaSeconds` of recorded steps is 0; only live ones carry it.
 */
export const trainingUpdateSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    sequence: z.int(),
    run: runIdSchema,
    title: z.string(),
    recipe: recipeSchema,
    state: runStateSchema,
    start: startEvent.nullable(),
    /** When the newest checkpoint was written; null before the first. */
    lastSavedAt: z.number().nullable(),
    startedAt: z.number(),
    /** True while this process is at work on it. */
    live: z.boolean(),
    ...figures,
  }),
  z.object({
    type: z.literal('delta'),
    sequence: z.int(),
    state: runStateSchema,
    start: startEvent.nullable(),
    lastSavedAt: z.number().nullable(),
    live: z.boolean(),
    ...figures,
  }),
]);
export type TrainingUpdate = z.infer<typeof trainingUpdateSchema>;

const ofRun = z.object({ run: runIdSchema });
const ofCheck = z.object({ subject: z.union([draftIdSchema, runIdSchema]), check: checkSpecSchema });

export const trainingContract = {
  knobs: request(nothingSchema, z.array(knobSchema)),
  /** What each preset would do with the draft's base and examples. Also validates both: fails in words. */
  presets: request(
    z.object({ draft: draftIdSchema, overrides: overridesSchema.default({}) }),
    z.object({ quick: planSchema, balanced: planSchema, thorough: planSchema }),
  ),
  plan: request(orderSchema, planSchema),
  /** A few real updates, then undone: will it fit, how long. Takes seconds to a minute; cancel it when the screen goes. */
  rehearse: request(orderSchema, rehearsalSchema),
  /**
   * A program that judges answers runs with the person's rights: it must be shown and allowed first. `allowed` tells
   * whether this very command line was, for this `subject` (a draft or a run); `words` is the command line.
   */
  checkStatus: request(ofCheck, z.object({ allowed: z.boolean(), words: z.string() })),
  allowCheck: request(ofCheck, nothingSchema),
  /** Puts one answer to a check, to try it out. Fails with `check-not-allowed` for a program nobody allowed. */
  tryCheck: request(
    ofCheck.extend({ expected: z.string(), answer: z.string() }),
    z.object({ passed: z.boolean(), why: z.string().optional() }),
  ),
  /**
   * Records a run and trains it in the background; the draft then names it. `run-busy` while another one is trained or
   * shrunk; a rehearsal gives way.
   */
  start: request(
    orderSchema.extend({
      check: checkSpecSchema,
      questions: z.array(z.string().min(1).max(20_000)).max(50).default([]),
      title: z.string().max(200).optional(),
    }),
    ofRun,
  ),
  /** Goes on with a run that is paused, interrupted, cancelled or failed; `changes` hold from then on. A rehearsal gives way. */
  resume: request(ofRun.extend({ changes: resumeChangesSchema.default({}) }), nothingSchema),
  /** Answers when it is asked for; `watch` tells when it is paused (the update in progress is finished first). */
  pause: request(ofRun, nothingSchema),
  cancel: request(ofRun, nothingSchema),
  /** Ends a training early, whether it goes on or rests: its best version so far is kept, as at a regular end. */
  keep: request(ofRun, nothingSchema),
  /** The run that is being trained now, if any. */
  current: request(nothingSchema, z.object({ run: runIdSchema.nullable() })),
  /** Stays open until it is cancelled. */
  watch: stream(ofRun, trainingUpdateSchema),
} as const;
