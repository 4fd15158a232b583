import { z } from 'zod';

/** Who says a message. Tool calls are not taught: the importer rejects rows that hold them. */
export const roleSchema = z.enum(['system', 'user', 'assistant']);
export type Role = z.infer<typeof roleSchema>;

export const messageSchema = z.object({ role: roleSchema, content: z.string() }).readonly();
export type Message = z.infer<typeof messageSchema>;

/** Where a row came from, for error messages and the preview. Lines and rows count from 1. */
export const exampleSourceSchema = z
  .object({ file: z.string(), line: z.int().positive().optional(), row: z.int().positive().optional() })
  .readonly();
export type ExampleSource = z.infer<typeof exampleSourceSchema>;

/** One training example: a conversation with at least one user and one assistant message. */
export const exampleSchema = z
  .object({ messages: z.array(messageSchema).min(1).readonly(), source: exampleSourceSchema.optional() })
  .readonly();
export type Example = z.infer<typeof exampleSchema>;

/*
 * Data sets travel between processes as a file, never as a message: one JSON `Example` a line, UTF-8, `\n`.
 * The importer writes such a file once; `datasetPath` in the contracts always means one of these.
 */
