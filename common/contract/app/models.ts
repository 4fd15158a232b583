import { z } from 'zod';
import { modelInfoSchema } from '../../domain/model-info.ts';
import { request, stream } from '../define.ts';
import { failureSchema, nothingSchema, pathSchema } from './shapes.ts';

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
  /** True where its licence must be accepted before it is downloaded, and has not been yet. */
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

/** Where a downloadable model stands. What arrived of it stays on the disk, whatever happens. */
export const downloadStateSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('absent'), failure: failureSchema.nullable() }),
  z.object({
    phase: z.literal('paused'),
    receivedBytes: z.number(),
    /** Null where the host did not say. */
    totalBytes: z.number().nullable(),
    /** Why it stopped; null where the person stopped it, or the app ended. */
    failure: failureSchema.nullable(),
  }),
  z.object({
    phase: z.literal('downloading'),
    receivedBytes: z.number(),
    totalBytes: z.number().nullable(),
    bytesPerSecond: z.number().nullable(),
    etaSeconds: z.number().nullable(),
  }),
  /** All is here; its digest is being compared. */
  z.object({ phase: z.literal('checking'), checkedBytes: z.number(), totalBytes: z.number() }),
  z.object({ phase: z.literal('ready'), bytes: z.number() }),
]);
export type DownloadState = z.infer<typeof downloadStateSchema>;

const modelIdSchema = z.string().min(1).max(100);

export const modelsContract = {
  /** Catalogue, the app's folder and the local Ollama, in this order; `memoryBytes` is this computer's. */
  list: request(nothingSchema, z.object({ memoryBytes: z.number(), models: z.array(modelRowSchema) })),
  /** Finds and reads a base. Fails in words where there is none or it is damaged; `info.supported` says whether it can be taught. */
  inspect: request(z.object({ id: z.string().min(1).max(4096) }), baseChoiceSchema),
  /** Moves a model that a browser handed over (its `path` from POST /upload) to the app's own models, where it stays. */
  keep: request(z.object({ path: pathSchema }), z.object({ path: pathSchema })),
  /** Every model that can be downloaded: at once, then at every change, at most four times a second. Stays open. */
  downloads: stream(nothingSchema, z.array(z.object({ id: modelIdSchema, state: downloadStateSchema }))),
  /**
   * Begins a download or goes on with it; it goes on while no window is open. `accept`: the person has read the model's licence
   * and accepts it (else `license-not-accepted` where its owner asks for that).
   */
  download: request(z.object({ id: modelIdSchema, accept: z.boolean() }), nothingSchema),
  /** Stops it and keeps what arrived. */
  pauseDownload: request(z.object({ id: modelIdSchema }), nothingSchema),
  /** Stops it and throws away what arrived. */
  discardDownload: request(z.object({ id: modelIdSchema }), nothingSchema),
  /** Deletes the downloaded file. Refused while a run is being worked on that began with it. */
  deleteDownloaded: request(z.object({ id: modelIdSchema }), z.object({ freedBytes: z.number() })),
} as const;
