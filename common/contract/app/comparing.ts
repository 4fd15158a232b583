import { z } from 'zod';
import { request, stream } from '../define.ts';
import { draftIdSchema, failureSchema, nothingSchema, runIdSchema, workSchema } from './shapes.ts';

export const sideSchema = z.enum(['base', 'tuned']);
export type Side = z.infer<typeof sideSchema>;

/** Equal for both sides. */
export const answerSettingsSchema = z.object({
  temperature: z.number().min(0).max(2).default(0),
  maxTokens: z.int().min(1).max(8192).default(512),
  system: z.string().max(20_000).optional(),
});

export const answerEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), side: sideSchema, text: z.string() }),
  z.object({
    type: z.literal('end'),
    side: sideSchema,
    answer: z.string(),
    /** True where the model ended its turn itself. */
    stopped: z.boolean(),
    tokens: z.int(),
    tokensPerSecond: z.number(),
  }),
]);
export type AnswerEvent = z.infer<typeof answerEventSchema>;

/** One question that was asked, newest last. */
export const askedSchema = z.object({
  prompt: z.string(),
  base: z.string(),
  tuned: z.string(),
  at: z.number(),
  temperature: z.number(),
});
export type Asked = z.infer<typeof askedSchema>;

/** A pair to judge: which side is which stays in main until the end. */
export const blindPairSchema = z.object({ index: z.int(), prompt: z.string(), a: z.string(), b: z.string() });
export const blindChoiceSchema = z.enum(['a', 'b', 'both', 'neither']);
export type BlindChoice = z.infer<typeof blindChoiceSchema>;

export const blindResultSchema = z.object({
  /** Pairs where the tuned (base) side was chosen, and those without a choice. */
  tuned: z.int(),
  base: z.int(),
  ties: z.int(),
  /** Two-sided sign test: how often a score at least this one-sided turns up when both are equally good. */
  pValue: z.number(),
  verdict: z.enum(['tuned-better', 'base-better', 'unclear', 'nothing-chosen']),
  pairs: z.array(
    z.object({
      prompt: z.string(),
      base: z.string(),
      tuned: z.string(),
      chosen: z.enum(['base', 'tuned', 'both', 'neither']),
    }),
  ),
});
export type BlindResult = z.infer<typeof blindResultSchema>;

export const blindStateSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('none') }),
  /** `pair` is the next one to judge. */
  z.object({ phase: z.literal('voting'), pair: blindPairSchema, done: z.int(), total: z.int() }),
  z.object({ phase: z.literal('result'), result: blindResultSchema }),
]);
export type BlindState = z.infer<typeof blindStateSchema>;

const kindSchema = z.enum(['facts', 'sums', 'words', 'languages', 'orders']);

/** How both sides did on general questions that have nothing to do with the examples. */
export const forgettingResultSchema = z.object({
  at: z.number(),
  of: z.int(),
  /** Right answers. */
  before: z.int(),
  after: z.int(),
  kinds: z.array(z.object({ kind: kindSchema, of: z.int(), before: z.int(), after: z.int() })),
  /** Right before, wrong after. */
  lost: z.array(z.object({ kind: kindSchema, prompt: z.string(), base: z.string(), tuned: z.string() })),
  /** Wrong before, right after. */
  gained: z.int(),
  /** Two-sided sign test of lost against gained. */
  pValue: z.number(),
  /** `perhaps`: more was lost than gained, but chance would explain it. */
  verdict: z.enum(['kept', 'perhaps', 'forgot', 'knew-little']),
});
export type ForgettingResult = z.infer<typeof forgettingResultSchema>;

/** Everything but the answers that are being streamed. */
export const comparingStateSchema = z.object({
  blind: blindStateSchema,
  forgetting: forgettingResultSchema.nullable(),
  work: workSchema.extend({ stage: z.enum(['blind', 'forgetting']) }).nullable(),
  failure: failureSchema.nullable(),
});
export type ComparingState = z.infer<typeof comparingStateSchema>;

const ofRun = z.object({ run: runIdSchema });

export const comparingContract = {
  /** Held-out questions of the run, which it did not practise, with the right answers. */
  questions: request(
    z.object({ run: runIdSchema, limit: z.int().min(1).max(500).default(100) }),
    z.array(z.object({ prompt: z.string(), expected: z.string().optional() })),
  ),
  /** Both sides answer one question; ends after both `end`s. The record keeps it. */
  ask: stream(
    z.object({ run: runIdSchema, prompt: z.string().min(1).max(100_000), settings: answerSettingsSchema }),
    answerEventSchema,
  ),
  history: request(ofRun, z.array(askedSchema)),
  /** The state at once and at every change. Stays open until it is cancelled; the work goes on without a watcher. */
  watch: stream(ofRun, comparingStateSchema),
  /** Has both sides write their answers for a new taste test of `count` held-out questions (and `questions` of one's own). */
  blindPrepare: request(
    z.object({
      run: runIdSchema,
      count: z.int().min(1).max(100).default(20),
      questions: z.array(z.string().min(1)).max(100).default([]),
      settings: answerSettingsSchema,
    }),
    nothingSchema,
  ),
  /** Puts the general questions to both sides. */
  checkForgetting: request(ofRun, nothingSchema),
  cancel: request(ofRun, nothingSchema),
  vote: request(z.object({ run: runIdSchema, index: z.int(), choice: blindChoiceSchema }), blindStateSchema),
  undoVote: request(ofRun, blindStateSchema),
  /** Ends the test and shows the score of what was judged. */
  finishBlind: request(ofRun, blindStateSchema),
  /** "Fix this answer": the corrected answer becomes an example of the draft (of a new one, made from the run, where none is named). */
  fix: request(
    z.object({
      run: runIdSchema,
      draft: draftIdSchema.optional(),
      prompt: z.string().min(1),
      answer: z.string().min(1),
      system: z.string().optional(),
    }),
    /** `replaced`: an example with this question was there, and has the new answer now. */
    z.object({ draft: draftIdSchema, replaced: z.boolean() }),
  ),
  /** Forgets the history of questions. */
  clear: request(ofRun, nothingSchema),
} as const;
