import { z } from 'zod';
import { request, stream } from '../define.ts';
import { downloadStateSchema } from './models.ts';
import { nothingSchema } from './shapes.ts';

const [absent, paused, downloading, checking] = downloadStateSchema.options;

export const cudaSchema = z.object({
  /** What can be added on this computer; null where nothing is, and `why` says so. */
  offer: z
    .object({
      /** Of the download, and of what it becomes on the disk. */
      archiveBytes: z.number(),
      bytes: z.number(),
      url: z.string(),
      license: z.string(),
      /** SHA-512 of the archive, hexadecimal. */
      sha512: z.string(),
    })
    .nullable(),
  /** `no-card`: no NVIDIA driver; `own`: CUDA is there already; `no-build`: none is made for this system; `no-cuda`: NVIDIA's own libraries are missing. */
  why: z.enum(['no-card', 'own', 'no-build', 'no-cuda']).nullable(),
  state: z.discriminatedUnion('phase', [
    absent,
    paused,
    downloading,
    checking,
    z.object({
      phase: z.literal('ready'),
      bytes: z.number(),
      /** Why it is not loaded: its bytes are others, or it ended the processes that loaded it. */
      trouble: z.enum(['changed', 'deaths']).nullable(),
    }),
  ]),
});
export type CudaAddition = z.infer<typeof cudaSchema>;

/** Parts that the installers do not carry and the person may add. They count from the next start of engine and chat. */
export const additionsContract = {
  /** At once and at every change. Stays open. */
  cuda: stream(nothingSchema, cudaSchema),
  /** Begins to fetch it, or goes on. */
  addCuda: request(nothingSchema, nothingSchema),
  /** Stops and keeps what arrived. */
  pauseCuda: request(nothingSchema, nothingSchema),
  /** Takes it, or what arrived of it, away. */
  removeCuda: request(nothingSchema, z.object({ freedBytes: z.number() })),
  /** Tries it again after it ended processes. */
  retryCuda: request(nothingSchema, nothingSchema),
} as const;
