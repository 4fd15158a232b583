import { z } from 'zod';
import { request, stream } from '../define.ts';
import { failureSchema, nothingSchema } from './shapes.ts';

export const releaseSchema = z.object({
  version: z.string(),
  /** Plain text of whoever published it. */
  notes: z.string(),
  publishedAt: z.number().nullable(),
});

export const updatesStateSchema = z.object({
  /** `unasked`: the person has not said anything yet, which counts as `off`. Said apart for the desktop app and for the browser. */
  mode: z.enum(['unasked', 'off', 'on']),
  current: z.string(),
  checking: z.boolean(),
  /** When an answer last came; null before the first. */
  checkedAt: z.number().nullable(),
  /** The newest release where it is newer than this one, with the address of its page. */
  newer: releaseSchema.extend({ page: z.string() }).nullable(),
  /** Why the last check failed. */
  failure: failureSchema.nullable(),
});
export type UpdatesState = z.infer<typeof updatesStateSchema>;

/** Looking for newer versions. Only ever tells: nothing is fetched or installed. */
export const updatesContract = {
  /** At once and at every change. Stays open. */
  watch: stream(nothingSchema, updatesStateSchema),
  /** Whether main may look by itself, once a day. */
  allow: request(z.object({ allowed: z.boolean() }), nothingSchema),
  /** Looks now, because the person asked. Answers when it is known; `watch` says what. */
  check: request(nothingSchema, nothingSchema),
} as const;
