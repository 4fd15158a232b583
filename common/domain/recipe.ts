import { z } from 'zod';

/** The seven linear layers of a decoder block, by their field-standard short names. */
export const linearNames = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const;
export const linearNameSchema = z.enum(linearNames);
export type LinearName = z.infer<typeof linearNameSchema>;

export const scheduleSchema = z.enum(['cosine', 'linear', 'constant']);
export type Schedule = z.infer<typeof scheduleSchema>;

export const deviceChoiceSchema = z.enum(['auto', 'cpu', 'cuda', 'metal', 'vulkan']);
export type DeviceChoice = z.infer<typeof deviceChoiceSchema>;

/**
 * When is an answer right? The text form is the command line's `--check SPEC`; see `check.ts` for parsing
 * and for what each kind compares.
 */
export const checkSpecSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('similar') }),
  z.object({ kind: z.literal('exact') }),
  z.object({ kind: z.literal('contains') }),
  z.object({ kind: z.literal('json') }),
  z.object({ kind: z.literal('regex'), pattern: z.string().min(1) }),
  z.object({ kind: z.literal('command'), program: z.string().min(1), args: z.array(z.string()) }),
]);
export type CheckSpec = z.infer<typeof checkSpecSchema>;

/** Everything that decides how a training run goes, apart from its data and base. Recorded with the run. */
export const recipeSchema = z
  .object({
    preset: z.enum(['quick', 'balanced', 'thorough', 'custom']),
    seed: z.int().nonnegative(),
    rank: z.int().min(1).max(256),
    /** LoRA scale is alpha / rank. */
    alpha: z.number().positive(),
    /** Probability of dropping an input of the low-rank path, 0 to below 1. */
    dropout: z.number().min(0).lt(1),
    targets: z.array(linearNameSchema).min(1),
    /** Peak learning rate, after warm-up. */
    learningRate: z.number().positive(),
    schedule: scheduleSchema,
    /** Share of all updates spent warming up, 0 to 1. */
    warmup: z.number().min(0).max(1),
    epochs: z.number().positive(),
    /** Examples per optimizer update (gradient accumulation over as many micro-batches as memory asks for). */
    batchSize: z.int().positive(),
    /** Longer examples are cut to this many tokens. */
    maxTokens: z.int().min(8),
    /** Share of the examples held out for evaluation, 0 to 0.5. */
    heldOut: z.number().min(0).max(0.5),
    weightDecay: z.number().min(0),
    /** Global gradient norm limit. */
    clipNorm: z.number().positive(),
    /** Loss weight of tokens that are read, not learned. 0 masks them, as in ordinary SFT. */
    promptWeight: z.number().min(0).max(1),
    check: checkSpecSchema,
    /** Updates between checkpoints: at most this much work is lost to a crash. */
    checkpointEvery: z.int().positive(),
    /** Evaluations (loss, accuracy, answers) per epoch. */
    evaluationsPerEpoch: z.int().positive(),
    /** Most tokens of a generated answer. */
    maxAnswerTokens: z.int().positive(),
    /** At most this many held-out prompts are answered at each evaluation (loss still covers all). */
    maxAnswers: z.int().nonnegative(),
    device: deviceChoiceSchema,
    threads: z.union([z.literal('auto'), z.int().positive()]),
    gradientCheckpointing: z.enum(['auto', 'on', 'off']),
    /**
     * Frozen weights packed for speed in 8 bits, in twice the memory, where the processor kernels have that. Absent (in
     * recipes of earlier versions, whose hash must stay): `auto`.
     */
    packedWeights: z.enum(['auto', 'on', 'off']).optional(),
    /** Most tokens in one computed graph; whole examples are packed up to it. */
    packTokens: z.int().positive(),
    /** A template family name (see engine/chat/families) or Jinja text; absent: the base's own. */
    chatTemplate: z.string().optional(),
  })
  .readonly();
export type Recipe = z.infer<typeof recipeSchema>;

/** Knobs that may differ when a run is resumed: where and how it computes, not what it learns. */
export const resumeChangesSchema = recipeSchema
  .unwrap()
  .pick({ device: true, threads: true, gradientCheckpointing: true, packedWeights: true, packTokens: true })
  .partial();
export type ResumeChanges = z.infer<typeof resumeChangesSchema>;

export function withChanges(recipe: Recipe, changes: ResumeChanges): Recipe {
  const {
    device = recipe.device,
    threads = recipe.threads,
    gradientCheckpointing = recipe.gradientCheckpointing,
    packedWeights = recipe.packedWeights,
    packTokens = recipe.packTokens,
  } = changes;
  const computing = { device, threads, gradientCheckpointing, packTokens };
  return { ...recipe, ...computing, ...(packedWeights === undefined ? {} : { packedWeights }) };
}
