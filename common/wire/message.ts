/**
 * The words of the wire. Up: `call`, `cancel`, and `more` (the caller has used up events and has room for as many
 * again). Down: `event`, `done`, `fail`. A `fail` without an id answers a message that named no call.
 */
import { z } from 'zod';
import { errorCodes } from '../domain/errors.ts';

export const failureSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  advice: z.string().optional(),
  retryable: z.boolean(),
});

const callId = z.int().positive();

export const upMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id: callId, name: z.string().max(100), input: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id: callId }),
  z.strictObject({ type: z.literal('more'), id: callId, count: z.int().positive().max(1024) }),
]);
export type UpMessage = z.infer<typeof upMessageSchema>;

export const downMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('event'), id: callId, sequence: z.int().nonnegative(), value: z.unknown() }),
  z.strictObject({ type: z.literal('done'), id: callId, value: z.unknown() }),
  z.strictObject({ type: z.literal('fail'), id: callId.nullable(), failure: failureSchema }),
]);
export type DownMessage = z.infer<typeof downMessageSchema>;

/** Events that may be on their way before the caller asks for more: enough to keep both sides busy. */
export const eventWindow = 64;

/** Larger data travels by file, never by message. */
export const defaultMessageLimitBytes = 32 * 1024 * 1024;

/**
 * Whether a message stays below `limitBytes` by a rough count (two bytes a character, eight a value). The walk
 * stops at the limit, so that cyclic or huge input costs no more than a legal message.
 */
export function isWithin(value: unknown, limitBytes: number): boolean {
  const open: unknown[] = [value];
  let bytes = 0;
  while (open.length > 0) {
    const next = open.pop();
    bytes += 8;
    if (typeof next === 'string') bytes += next.length * 2;
    else if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) bytes += next.byteLength;
    else if (next instanceof Map || next instanceof Set) for (const entry of next) open.push(entry);
    else if (Array.isArray(next)) {
      // A sparse array of a huge length is refused by its length alone.
      if (bytes + next.length * 8 > limitBytes) return false;
      for (const entry of next) open.push(entry);
    } else if (typeof next === 'object' && next !== null) {
      for (const [key, entry] of Object.entries(next)) {
        bytes += key.length * 2;
        open.push(entry);
      }
    }
    if (bytes > limitBytes) return false;
  }
  return true;
}
