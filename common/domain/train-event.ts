import { z } from 'zod';

/** How the frozen weights are kept and multiplied on this computer. */
export const frozenWeightsSchema = z.object({
  /** Level of our own processor kernels; null where the device's own operations are used. */
  kernels: z.string().nullable(),
  /** What products with weights that are stored in 8 bits or less are computed in. */
  products: z.enum(['int8', 'bf16', 'f32', 'device']),
  /** Packed for speed, in both directions. */
  packed: z.boolean(),
  /** Memory of all copies. */
  bytes: z.number(),
  /** Largest error of such products in the self-test, relative to the largest value; null where none was made. */
  error: z.number().nullable(),
});
export type FrozenWeights = z.infer<typeof frozenWeightsSchema>;

/**
 * What a training run tells while it runs. The field names are part of the command line's contract
 * (`tune --json` prints these objects as they are): add fields, never rename.
 */
export const trainEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    /** Updates already done (0, or the checkpoint's when resuming). */
    update: z.int(),
    totalUpdates: z.int(),
    trainExamples: z.int(),
    heldOutExamples: z.int(),
    /** Tokens per epoch that are learned, and all tokens that are read for it. */
    learnedTokens: z.int(),
    epochTokens: z.int(),
    trainableParameters: z.int(),
    device: z.string(),
    threads: z.int(),
    gradientCheckpointing: z.boolean(),
    /** Absent in runs of earlier versions. */
    frozenWeights: frozenWeightsSchema.optional(),
  }),
  z.object({
    type: z.literal('step'),
    update: z.int(),
    epoch: z.number(),
    /** Mean loss per learned token over this update's examples, in nats. */
    loss: z.number(),
    learningRate: z.number(),
    gradientNorm: z.number(),
    tokens: z.int(),
    tokensPerSecond: z.number(),
    residentBytes: z.number(),
    /** Seconds left, by tokens, evaluations included as far as measured. */
    etaSeconds: z.number(),
  }),
  z.object({
    type: z.literal('evaluation'),
    update: z.int(),
    heldOutLoss: z.number(),
    /** Share of learned tokens that are the model's first choice, 0 to 1. */
    tokenAccuracy: z.number(),
    learnedTokens: z.int(),
  }),
  z.object({
    type: z.literal('answers'),
    update: z.int(),
    passed: z.int(),
    of: z.int(),
    /** Answers that the model ended by itself. */
    stopped: z.int(),
  }),
  z.object({
    type: z.literal('sample'),
    update: z.int(),
    prompt: z.string(),
    answer: z.string(),
    expected: z.string().optional(),
    passed: z.boolean().optional(),
    stopped: z.boolean(),
  }),
  z.object({ type: z.literal('checkpoint'), update: z.int(), path: z.string(), bytes: z.number() }),
  /** Something a person may want to know: a roll-back, fewer threads, a smaller loss scale, an early stop. */
  z.object({ type: z.literal('notice'), update: z.int(), code: z.string(), message: z.string() }),
  z.object({
    type: z.literal('artifact'),
    kind: z.enum(['adapter', 'merged', 'quantized', 'modelfile', 'run']),
    path: z.string(),
    bytes: z.number(),
    sha256: z.string(),
  }),
  z.object({
    type: z.literal('done'),
    update: z.int(),
    outcome: z.enum(['finished', 'paused']),
    /** The update whose weights were kept, and why, in words. */
    keptUpdate: z.int().optional(),
    reason: z.string(),
  }),
]);
export type TrainEvent = z.infer<typeof trainEventSchema>;
export type TrainEventOf<T extends TrainEvent['type']> = Extract<TrainEvent, { type: T }>;
