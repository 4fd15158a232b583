import { z } from 'zod';
import { measurementSchema, previewRowSchema } from '../engine.ts';
import { request } from '../define.ts';
import { draftIdSchema } from './shapes.ts';

/** The examples as the model reads them; the engine's own function, which training uses too. */
export const previewContract = {
  /** Up to 50 rows (1-based) with exact text and each token's role: learned, read or cut. */
  rows: request(
    z.object({ draft: draftIdSchema, rows: z.array(z.int().positive()).min(1).max(50) }),
    z.object({ maxTokens: z.int(), rows: z.array(previewRowSchema) }),
  ),
  /** Lengths of all examples for the draft's base. */
  lengths: request(
    z.object({ draft: draftIdSchema }),
    z.object({ maxTokens: z.int(), contextLength: z.int(), measurement: measurementSchema }),
  ),
} as const;
