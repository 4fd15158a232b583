import { z } from 'zod';
import { exampleSourceSchema, messageSchema } from '../../domain/example.ts';
import { sensitiveThings } from '../../domain/sensitive.ts';
import { request, stream } from '../define.ts';
import { draftIdSchema, nothingSchema, pathSchema } from './shapes.ts';

/** Where examples come from: a file or folder on this computer, an upload (its `path` from POST /upload), or text. */
export const exampleInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('path'), path: pathSchema }),
  z.object({ kind: z.literal('text'), text: z.string().min(1), name: z.string().max(100).default('pasted.txt') }),
]);

export const formatNameSchema = z.string().max(40);
export const columnsSchema = z.object({
  question: z.string(),
  answer: z.string(),
  system: z.string().optional(),
  context: z.string().optional(),
});

/** What a person sets where the guess is wrong. `formats` lists the names. */
export const correctionSchema = z.object({
  format: formatNameSchema.optional(),
  encoding: z.string().max(40).optional(),
  delimiter: z.string().max(10).optional(),
  header: z.boolean().optional(),
  columns: columnsSchema.optional(),
  list: z.string().optional(),
  /** Of a workbook that holds several. */
  sheet: z.string().max(200).optional(),
  turns: z.enum(['single', 'multi']).optional(),
  repair: z.boolean().optional(),
});
export type Correction = z.infer<typeof correctionSchema>;

export const importedFileSchema = z.object({
  file: z.string(),
  /** What to show: the file's own name. */
  name: z.string(),
  format: z.string().nullable(),
  /** The guess in words. */
  description: z.string().optional(),
  encoding: z.string().nullable(),
  delimiter: z.string().optional(),
  header: z.boolean().optional(),
  columns: columnsSchema.optional(),
  list: z.string().optional(),
  sheet: z.string().optional(),
  sheets: z.array(z.string()).readonly().optional(),
  /** All columns of a table, for choosing others. */
  columnNames: z.array(z.string()).readonly().optional(),
  turns: z.enum(['single', 'multi']).optional(),
  /** Rows of this file that are in the set now, and rows it had that could not be used. */
  examples: z.int(),
  rejected: z.int(),
  notes: z.array(z.string()),
});
export type ImportedFile = z.infer<typeof importedFileSchema>;

export const rejectionSchema = z.object({
  file: z.string(),
  line: z.int().nullable(),
  /** True where `line` counts the rows of a table rather than the lines of a text. */
  isRow: z.boolean().optional(),
  reason: z.string(),
  hint: z.string().optional(),
  /** True where the correction `repair` would make an example of it. */
  isRepairable: z.boolean().optional(),
  /** What stands there, and where in it the fault is (its length: at the end; null: in no one place). */
  raw: z.object({ text: z.string(), at: z.int().nullable() }).optional(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

export const repairKinds = ['remove', 'keep-first', 'hide'] as const;
export const repairSchema = z.object({
  /** `remove` the rows; `keep-first` of each group; `hide` secrets and personal data behind a placeholder. */
  kind: z.enum(repairKinds),
  /** Examples that it takes out, or changes. */
  rows: z.int(),
  /** Safe ones can be done without looking at each row. */
  safe: z.boolean(),
});
export type Repair = z.infer<typeof repairSchema>;

export const findingSchema = z.object({
  /** Stands for this finding as long as `revision` is the same. */
  id: z.string(),
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
  /** The first thousand of `rowCount` rows, 1-based. */
  rows: z.array(z.int()),
  rowCount: z.int(),
  /** What its words are made of. */
  facts: z.object({
    /** Copies to spare, questions with answers that disagree, or else examples. */
    count: z.int(),
    thing: z.enum(sensitiveThings).optional(),
    maxTokens: z.int().optional(),
    /** The first question whose answers disagree. */
    question: z.string().optional(),
    /** Of the only row, where it came from a file. */
    source: exampleSourceSchema.optional(),
  }),
  /** Rows that belong together, where the finding is about such: the first two hundred groups. */
  groups: z.array(z.array(z.int())).optional(),
  repairs: z.array(repairSchema),
});
export type Finding = z.infer<typeof findingSchema>;

/** A step that can be taken back: what was done to how many files (`import`, `remove-file`) or examples. */
export const changeSchema = z.object({
  kind: z.enum(['import', 'remove-file', 'edit', 'add', 'remove', 'repair', 'repair-safe', 'from-run']),
  count: z.int(),
});
export type Change = z.infer<typeof changeSchema>;

/** Counts and what can be undone. Every change answers the new one. `revision` grows with each change. */
export const examplesSummarySchema = z.object({
  revision: z.int(),
  examples: z.int(),
  files: z.array(importedFileSchema),
  rejectedCount: z.int(),
  /** What undoing (redoing) would take back; null where there is nothing. */
  undo: changeSchema.nullable(),
  redo: changeSchema.nullable(),
});
export type ExamplesSummary = z.infer<typeof examplesSummarySchema>;

export const exampleRowSchema = z.object({
  /** 1-based place in the set. */
  row: z.int(),
  messages: z.array(messageSchema),
  /** True where texts were cut because `chars` was given. */
  isCut: z.boolean().optional(),
  source: exampleSourceSchema.optional(),
});
export type ExampleRow = z.infer<typeof exampleRowSchema>;

const draft = { draft: draftIdSchema };
const messagesSchema = z.array(messageSchema).min(1).max(200);

/** The examples of a draft: one list that files are added to and that the person edits. */
export const examplesContract = {
  formats: request(nothingSchema, z.array(formatNameSchema)),
  /** Ends after `done`. Where nothing usable is found: fails with `data-empty`, and `rejected` lists why. Cancelling changes nothing. */
  import: stream(
    z.object({
      ...draft,
      inputs: z.array(exampleInputSchema).min(1).max(1000),
      correction: correctionSchema.optional(),
      /** Replace what came of these files before, rather than adding a second time. Default true. */
      replaceSameFiles: z.boolean().default(true),
    }),
    z.discriminatedUnion('type', [
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
        added: z.int(),
        rejected: z.int(),
        /** The files it was, as in the summary. */
        files: z.array(z.string()),
        summary: examplesSummarySchema,
      }),
    ]),
  ),
  /** Takes the rows of one file out again. */
  removeFile: request(z.object({ ...draft, file: z.string() }), examplesSummarySchema),
  summary: request(z.object(draft), examplesSummarySchema),
  /**
   * A page for a virtual table. `search` looks in all texts, `file` takes what came of one file, `rows` picks rows (of a
   * finding). `total` counts what matches. `chars` cuts each text to its beginning.
   */
  rows: request(
    z.object({
      ...draft,
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
      search: z.string().max(1000).optional(),
      file: pathSchema.optional(),
      chars: z.int().positive().optional(),
      rows: z.array(z.int().positive()).max(10_000).optional(),
    }),
    z.object({ revision: z.int(), total: z.int(), rows: z.array(exampleRowSchema) }),
  ),
  rejected: request(
    z.object({ ...draft, offset: z.int().nonnegative(), limit: z.int().min(1).max(500) }),
    z.object({ total: z.int(), rows: z.array(rejectionSchema) }),
  ),
  /** Fails with `data-unusable` where it is no conversation with a question and an answer. */
  edit: request(z.object({ ...draft, row: z.int().positive(), messages: messagesSchema }), examplesSummarySchema),
  /** At the end, or before `at`. */
  add: request(
    z.object({ ...draft, examples: z.array(messagesSchema).min(1).max(1000), at: z.int().positive().optional() }),
    examplesSummarySchema,
  ),
  remove: request(z.object({ ...draft, rows: z.array(z.int().positive()).min(1).max(200_000) }), examplesSummarySchema),
  /** The data doctor. Answers from memory while nothing changed. Cancel it when the screen goes. */
  findings: request(z.object(draft), z.object({ revision: z.int(), findings: z.array(findingSchema) })),
  /** Fails with `bad-request` where `revision` is no longer that of the findings. */
  repair: request(
    z.object({ ...draft, revision: z.int(), finding: z.string(), repair: z.enum(repairKinds) }),
    examplesSummarySchema,
  ),
  /** All safe repairs at once: one step to undo. */
  repairSafe: request(z.object({ ...draft, revision: z.int() }), examplesSummarySchema),
  undo: request(z.object(draft), examplesSummarySchema),
  redo: request(z.object(draft), examplesSummarySchema),
} as const;
