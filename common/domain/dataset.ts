import { z } from 'zod';
import { sha256Schema } from './artifact.ts';

/** One file that examples were read from, as it was at that moment. */
export const dataSourceSchema = z
  .object({
    /** Absolute path, or a word such as `typed` where the examples came from no file. */
    path: z.string().min(1),
    sha256: sha256Schema,
    bytes: z.int().nonnegative(),
    /** Usable examples read from it, and rows refused. */
    examples: z.int().nonnegative(),
    rejected: z.int().nonnegative(),
  })
  .readonly();
export type DataSource = z.infer<typeof dataSourceSchema>;

/**
 * A data set is a file of one JSON `Example` a line, named by the hash of its bytes.
 */
export const datasetSchema = z
  .object({
    sha256: sha256Schema,
    examples: z.int().positive(),
    bytes: z.int().positive(),
    /** Milliseconds since 1970. */
    createdAt: z.int(),
    sources: z.array(dataSourceSchema).readonly(),
  })
  .readonly();
export type Dataset = z.infer<typeof datasetSchema>;
