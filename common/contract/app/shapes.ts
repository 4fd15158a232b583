/** Shapes that several features of the window share. Paths are absolute; times are milliseconds since 1970. */
import { z } from 'zod';
import { failureSchema } from '../../wire/message.ts';

export const draftIdSchema = z.string().regex(/^d-[0-9a-z]{6,20}$/, 'the id of a draft');
export const runIdSchema = z.string().regex(/^\d{6}-\d{6}-[0-9a-z]{3}$/, 'the id of a run');
export const pathSchema = z.string().min(1).max(4096);
export const nothingSchema = z.object({});

/** How far a piece of work is. `total` is 0 where nobody knows. */
export const workSchema = z.object({ stage: z.string(), completed: z.number(), total: z.number() });
export type Work = z.infer<typeof workSchema>;

export { failureSchema };
export type { Failure } from '../../domain/errors.ts';
