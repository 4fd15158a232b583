import { z } from 'zod';

export const licenseSchema = z
  .object({
    /** As people know it, e.g. `Apache-2.0`. */
    name: z.string().min(1).max(200),
    url: z.url({ protocol: /^https$/ }).nullable(),
    /** True where its owner asks for consent before the file is taken. */
    mustAccept: z.boolean(),
  })
  .readonly();
export type License = z.infer<typeof licenseSchema>;

/** A file that can be had from a host. */
export const remoteFileSchema = z
  .object({
    url: z.url({ protocol: /^https?$/ }),
    /** Its name in the folder of the app's models. */
    fileName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.gguf$/, 'a plain name that ends in .gguf'),
    /** Where it was confirmed; else the host says it when the download begins. */
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    quantization: z.string().min(1).max(20),
  })
  .readonly();
export type RemoteFile = z.infer<typeof remoteFileSchema>;

/** A small open model that is worth teaching. */
export const catalogueEntrySchema = z
  .object({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,60}$/, 'an id such as qwen3-0.6b'),
    title: z.string().min(1).max(100),
    license: licenseSchema,
    /** Of the file; rounded where it was not confirmed. */
    bytes: z.number().positive(),
    parameters: z.number().positive(),
    /** What it is good for, in a lay person's words. */
    goodFor: z.string().min(1).max(300),
    /** Null where it only comes with the app. */
    remote: remoteFileSchema.nullable(),
  })
  .readonly();
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;
