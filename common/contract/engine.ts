import { z } from 'zod';
import { messageSchema } from '../domain/example.ts';
import { modelInfoSchema } from '../domain/model-info.ts';
import { checkSpecSchema, recipeSchema } from '../domain/recipe.ts';
import { frozenWeightsSchema, trainEventSchema } from '../domain/train-event.ts';
import { request, stream } from './define.ts';

/** Paths are absolute. `datasetPath` is a file of one JSON `Example` a line (common/domain/example.ts). */
const filePath = z.string().min(1);

export const tokenRoleSchema = z.enum(['learned', 'read', 'cut']);
export type TokenRole = z.infer<typeof tokenRoleSchema>;

export const previewRowSchema = z.object({
  /** 1-based position of the example in the data set. */
  row: z.int().positive(),
  /** The exact text the model reads, template included. */
  text: z.string(),
  tokens: z.array(z.object({ id: z.int(), text: z.string(), role: tokenRoleSchema })),
  /** Why the row cannot be learned as it is, and what to do about it. */
  problem: z.string().optional(),
  advice: z.string().optional(),
});
export type PreviewRow = z.infer<typeof previewRowSchema>;

export const deviceInfoSchema = z.object({
  id: z.string(),
  kind: z.enum(['cpu', 'cuda', 'metal', 'vulkan', 'other']),
  description: z.string(),
  freeBytes: z.number(),
  totalBytes: z.number(),
  usable: z.boolean(),
  /** Why it is not used: its self-test's result, or the driver's message. */
  reason: z.string().optional(),
});
export type DeviceInfo = z.infer<typeof deviceInfoSchema>;

export const progressSchema = z.object({
  type: z.literal('progress'),
  stage: z.string(),
  completed: z.number(),
  total: z.number(),
});

export const artifactSchema = z.object({
  type: z.literal('artifact'),
  kind: z.enum(['adapter', 'merged', 'quantized', 'modelfile', 'run']),
  path: z.string(),
  bytes: z.number(),
  sha256: z.string(),
});

export const quantTypes = ['F32', 'F16', 'BF16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q5_0', 'Q4_K_M', 'Q4_0'] as const;
export const quantTypeSchema = z.enum(quantTypes);
export type QuantType = z.infer<typeof quantTypeSchema>;

export const rehearsalSchema = z.object({
  fits: z.boolean(),
  peakBytes: z.number(),
  tokensPerSecond: z.number(),
  estimateSeconds: z.number(),
  advice: z.string(),
  device: z.string(),
  gradientCheckpointing: z.boolean(),
  /** Null where the weights did not fit. */
  frozenWeights: frozenWeightsSchema.nullable(),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

export const evaluationReportSchema = z.object({
  examples: z.int(),
  learnedTokens: z.int(),
  loss: z.number(),
  tokenAccuracy: z.number(),
  passed: z.int().optional(),
  of: z.int().optional(),
  stopped: z.int().optional(),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

export const measurementSchema = z.object({
  examples: z.int(),
  /** Lengths in tokens, template included, before cutting. */
  longest: z.int(),
  p99: z.int(),
  median: z.int(),
  /** How many examples have up to `width` tokens, up to twice as many, and so on; the last counts all longer ones. */
  histogram: z.object({ width: z.int().positive(), counts: z.array(z.int()) }),
  learnedTokens: z.int(),
  /** Examples that are longer than the limit and lose their end. */
  cut: z.int(),
  /** The first thousand of them. */
  cutRows: z.array(z.int()),
  /** Rows that cannot be learned: the first hundred of `problemCount`. */
  problems: z.array(z.object({ row: z.int(), message: z.string(), advice: z.string() })),
  problemCount: z.int(),
});
export type Measurement = z.infer<typeof measurementSchema>;

export const trainInputSchema = z.object({
  /** Folder of this run: checkpoints, candidates and the kept `adapter.gguf` are written here. */
  runFolder: filePath,
  basePath: filePath,
  /** SHA-256 of the base's file where it is known: a resumed run refuses another base. */
  baseSha256: z.string().optional(),
  recipe: recipeSchema,
  trainPath: filePath,
  heldOutPath: filePath.optional(),
  /** The person's own test questions: answered at each evaluation and reported as samples. */
  questions: z.array(z.string()).default([]),
  /** Continue from the newest readable checkpoint in the run's folder. */
  resume: z.boolean().default(false),
});
export type TrainInput = z.infer<typeof trainInputSchema>;

/** Everything the engine's process does for the app. Cancelling any of them takes effect within 2 s. */
export const engineContract = {
  devices: request(z.object({}), z.array(deviceInfoSchema)),
  inspect: request(z.object({ path: filePath }), modelInfoSchema),
  preview: stream(
    z.object({
      basePath: filePath,
      datasetPath: filePath,
      chatTemplate: z.string().optional(),
      maxTokens: z.int().positive(),
      /** 1-based rows; absent: all. */
      rows: z.array(z.int().positive()).optional(),
    }),
    previewRowSchema,
  ),
  /** How long the examples are and which cannot be learned, before anything is begun. */
  measure: request(
    z.object({
      basePath: filePath,
      datasetPath: filePath,
      chatTemplate: z.string().optional(),
      maxTokens: z.int().positive(),
    }),
    measurementSchema,
  ),
  /** The prompt text for a conversation, up to and including the opening of the assistant's turn. */
  render: request(
    z.object({ basePath: filePath, chatTemplate: z.string().optional(), messages: z.array(messageSchema) }),
    z.object({ text: z.string(), tokens: z.array(z.int()), endOfTurn: z.string(), stops: z.array(z.string()) }),
  ),
  rehearse: request(
    z.object({ basePath: filePath, recipe: recipeSchema, trainPath: filePath, heldOutPath: filePath.optional() }),
    rehearsalSchema,
  ),
  train: stream(trainInputSchema, trainEventSchema),
  /** Finishes the update in progress, writes a checkpoint, ends the stream with `done` / `paused`. */
  pause: request(z.object({ runFolder: filePath }), z.object({})),
  /** Ends a run that rests: the best version of its newest checkpoint becomes its adapter. Ends with `done` / `finished`. */
  keep: stream(z.object({ runFolder: filePath }), trainEventSchema),
  /** base + adapter -> one GGUF of the wanted type: merged in full precision, then quantized once. */
  shrink: stream(
    z.object({
      basePath: filePath,
      adapterPath: filePath.optional(),
      chatTemplate: z.string().optional(),
      outPath: filePath,
      quant: quantTypeSchema,
      name: z.string().optional(),
      threads: z.int().positive().optional(),
    }),
    z.discriminatedUnion('type', [progressSchema, artifactSchema]),
  ),
  evaluate: stream(
    z.object({
      basePath: filePath,
      adapterPath: filePath.optional(),
      datasetPath: filePath,
      chatTemplate: z.string().optional(),
      maxTokens: z.int().positive(),
      answers: z.boolean(),
      check: checkSpecSchema,
      maxAnswerTokens: z.int().positive(),
      threads: z.union([z.literal('auto'), z.int().positive()]).default('auto'),
    }),
    z.discriminatedUnion('type', [
      progressSchema,
      z.object({
        type: z.literal('answer'),
        row: z.int(),
        prompt: z.string(),
        expected: z.string(),
        answer: z.string(),
        passed: z.boolean(),
        stopped: z.boolean(),
      }),
      z.object({ type: z.literal('report'), report: evaluationReportSchema }),
    ]),
  ),
  /** For each text the log-probability of each token of `continuation` after `prompt` (both exact text), for the parity check. */
  score: request(
    z.object({
      modelPath: filePath,
      texts: z.array(z.object({ prompt: z.string(), continuation: z.array(z.string()) })),
    }),
    z.array(z.object({ promptTokens: z.int(), logprobs: z.array(z.number()) })),
  ),
  /** Puts answers to a check. */
  check: request(
    z.object({
      check: checkSpecSchema,
      answers: z.array(z.object({ prompt: z.string(), expected: z.string(), answer: z.string() })),
    }),
    z.array(z.object({ passed: z.boolean(), why: z.string().optional() })),
  ),
} as const;
export type EngineContract = typeof engineContract;
