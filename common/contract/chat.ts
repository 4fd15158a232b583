import { z } from 'zod';
import { request, stream } from './define.ts';

const filePath = z.string().min(1);

/** A model to chat with: a GGUF, with a LoRA adapter laid over it where one is named. */
export const chatModelSchema = z.object({
  modelPath: filePath,
  adapterPath: filePath.optional(),
  /** `auto` takes a graphics card where there is one. */
  device: z.enum(['auto', 'cpu']).default('auto'),
  threads: z.int().positive(),
  /** Most tokens of a conversation and its answer together. */
  contextTokens: z.int().positive(),
});
export type ChatModel = z.input<typeof chatModelSchema>;

export const completionEndSchema = z.object({
  type: z.literal('end'),
  answer: z.string(),
  /** True where the model ended its turn itself, false where the limit did. */
  stopped: z.boolean(),
  /** Tokens of the answer. */
  tokens: z.int(),
  promptTokens: z.int(),
  tokensPerSecond: z.number(),
});
export type CompletionEnd = z.infer<typeof completionEndSchema>;

/**
 * What the chat's process does. Prompts arrive as tokens, rendered by the engine with the template that training
 * used: nothing is guessed here.
 */
export const chatContract = {
  /** Loads a model ahead of its first question. */
  load: request(chatModelSchema, z.object({ contextTokens: z.int(), gpu: z.string().nullable() })),
  complete: stream(
    chatModelSchema.extend({
      prompt: z.array(z.int()).min(1),
      maxTokens: z.int().positive(),
      temperature: z.number().min(0),
      repeatPenalty: z.number().positive().default(1),
      topK: z.int().nonnegative().default(40),
      topP: z.number().gt(0).max(1).default(0.9),
      seed: z.int().nonnegative().optional(),
      /** Texts that end the answer besides the model's own end-of-turn tokens. */
      stops: z.array(z.string().min(1)).default([]),
    }),
    z.discriminatedUnion('type', [z.object({ type: z.literal('text'), text: z.string() }), completionEndSchema]),
  ),
} as const;
export type ChatContract = typeof chatContract;
