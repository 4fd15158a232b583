import { z } from 'zod';
import { columnsSchema, correctionSchema, importedFileSchema, rejectionSchema } from './app/examples.ts';
import { request, stream } from './define.ts';
import { sensitiveThings } from '../domain/sensitive.ts';
import { failureSchema } from '../wire/message.ts';

const filePath = z.string().min(1);

/** What was read of one file: as the window sees it, but for the name. */
export const fileReportSchema = importedFileSchema
  .omit({ name: true, notes: true, columns: true })
  .extend({ notes: z.array(z.string()).readonly(), columns: columnsSchema.optional() });

const readingSchema = z.object({
  files: z.array(fileReportSchema).readonly(),
  rejected: z.array(rejectionSchema).readonly(),
  rejectedCount: z.int(),
});

/** What the data doctor found. Rows count from 1. */
export const foundSchema = z.object({
  kind: z.enum([
    'duplicate',
    'near-duplicate',
    'contradiction',
    'empty-answer',
    'short-answer',
    'too-long',
    'secret',
    'personal-data',
    'broken-characters',
    'leakage',
  ]),
  rows: z.array(z.int()).readonly(),
  groups: z.array(z.array(z.int()).readonly()).readonly().optional(),
  thing: z.enum(sensitiveThings).optional(),
  maxTokens: z.int().optional(),
  message: z.string(),
  advice: z.string(),
});

export const importEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    stage: z.enum(['reading', 'examining']),
    file: z.string(),
    completedBytes: z.number(),
    totalBytes: z.number(),
    examples: z.int(),
  }),
  z.object({
    type: z.literal('done'),
    report: readingSchema.extend({
      examples: z.int(),
      datasetPath: z.string(),
      sha256: z.string(),
      bytes: z.int(),
      findings: z.array(foundSchema).readonly(),
    }),
  }),
  /** Nothing in the files is an example; `tried` says why, row by row. */
  z.object({ type: z.literal('empty'), tried: readingSchema, failure: failureSchema }),
]);

/**
 * What the reader's process does: everything that parses files of strangers. A file that breaks or overfills it ends
 * that process and nothing else.
 */
export const importingContract = {
  /** Ends after `done` or `empty`. */
  read: stream(
    z.object({
      paths: z.array(filePath).min(1),
      outPath: filePath,
      correction: correctionSchema,
      examine: z.boolean(),
    }),
    importEventSchema,
  ),
  examine: request(
    z.object({ datasetPath: filePath, maxTokens: z.int().positive().optional() }),
    z.array(foundSchema).readonly(),
  ),
} as const;
export type ImportingContract = typeof importingContract;
