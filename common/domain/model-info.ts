import { z } from 'zod';

/** Architectures (GGUF `general.architecture`) that the engine can teach. */
export const supportedArchitectures = ['llama', 'gemma', 'gemma2', 'gemma3', 'qwen2', 'qwen3'] as const;
export type SupportedArchitecture = (typeof supportedArchitectures)[number];

/** What `inspect` says of a GGUF file. */
export const modelInfoSchema = z
  .object({
    path: z.string(),
    name: z.string().optional(),
    architecture: z.string(),
    supported: z.boolean(),
    /** Why it cannot be taught, in words; absent where `supported`. */
    reason: z.string().optional(),
    parameters: z.number(),
    /** Most common type of its weight matrices by bytes, e.g. `Q4_K_M`, from `general.file_type` where present. */
    fileType: z.string(),
    /** Bytes by tensor type, e.g. `{Q8_0: 31e6, Q4_1: 66e6}`. */
    tensorTypes: z.record(z.string(), z.number()),
    bytes: z.number(),
    /** Bytes of the file that shrinking makes of it, by type of weights; absent in records of older versions. */
    exportBytes: z.record(z.string(), z.number()).optional(),
    contextLength: z.int(),
    layers: z.int(),
    embeddingLength: z.int(),
    vocabulary: z.int(),
    /** The file's own template text, or null where it holds none. */
    chatTemplate: z.string().nullable(),
    /** Family whose template is used where the file has none. */
    templateFamily: z.string().nullable(),
    /** The text of the token that ends a turn. */
    endOfTurn: z.string().nullable(),
    license: z.string().optional(),
  })
  .readonly();
export type ModelInfo = z.infer<typeof modelInfoSchema>;
