import { z } from 'zod';
import { modelInfoSchema } from '../../domain/model-info.ts';
import { request } from '../define.ts';
import { nothingSchema } from './shapes.ts';

/** How a model sits in this computer's memory while it is taught. */
export const fitSchema = z.enum(['well', 'tight', 'no']);
export type Fit = z.infer<typeof fitSchema>;

export const modelRowSchema = z.object({
  /** What to hand to `inspect` and to a draft as its base: a path, `ollama:NAME`, or an id of the catalogue. */
  id: z.string(),
  source: z.enum(['catalogue', 'file', 'ollama']),
  /** How it comes to be here: with the app, by a download, from the person, from Ollama. */
  origin: z.enum(['bundled', 'download', 'file', 'ollama']),
  title: z.string(),
  bytes: z.number(),
  license: z.string().nullable(),
  licenseUrl: z.string().nullable(),
  /** True where its licence must be accepted before it is downloaded. */
  mustAccept: z.boolean(),
  goodFor: z.string().nullable(),
  quantization: z.string().nullable(),
  /** The one real model to try first on this computer. */
  suggested: z.boolean(),
  fit: fitSchema,
  /** Rough upper bound of the memory that teaching it takes. */
  neededBytes: z.number(),
  /** False where it cannot be used yet; `note` says why. */
  available: z.boolean(),
  note: z.string().nullable(),
});
export type ModelRow = z.infer<typeof modelRowSchema>;

/** A base as it was found on this computer. */
export const baseChoiceSchema = z.object({
  id: z.string(),
  source: z.enum(['file', 'ollama', 'catalogue']),
  path: z.string(),
  info: modelInfoSchema,
  fit: fitSchema,
  neededBytes: z.number(),
});
export type BaseChoice = z.infer<typeof baseChoiceSchema>;

export const modelsContract = {
  /** Catalogue, the app's folder and the local Ollama, in this order; `memoryBytes` is this computer's. */
  list: request(nothingSchema, z.object({ memoryBytes: z.number(), models: z.array(modelRowSchema) })),
  /** Finds and reads a base. Fails in words where there is none or it is damaged; `info.supported` says whether it can be taught. */
  inspect: request(z.object({ id: z.string().min(1).max(4096) }), baseChoiceSchema),
} as const;
