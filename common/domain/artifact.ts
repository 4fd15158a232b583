import { z } from 'zod';

export const artifactKindSchema = z.enum(['adapter', 'merged', 'quantized', 'modelfile', 'run']);
export type ArtifactKind = z.infer<typeof artifactKindSchema>;

/** SHA-256 as 64 lowercase hex digits. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 lowercase hex digits');

/** A file that a run made. */
export const artifactSchema = z
  .object({
    kind: artifactKindSchema,
    /** Relative to the run's folder with `/`, or absolute where the person chose another place (`--out`). */
    path: z.string().min(1),
    bytes: z.int().nonnegative(),
    sha256: sha256Schema,
    /** Type of the weights, e.g. `Q8_0`, where the file is a model. */
    quant: z.string().optional(),
  })
  .readonly();
export type Artifact = z.infer<typeof artifactSchema>;

/** A model of a run as it stands in Ollama. */
export const installedModelSchema = z
  .object({
    name: z.string().min(1),
    runId: z.string(),
    /** The GGUF that was installed. */
    sha256: sha256Schema,
    quant: z.string().optional(),
    /** Base address of the server. */
    server: z.string(),
    /** Milliseconds since 1970. */
    installedAt: z.int(),
    /** What the parity check found, as its service reports it; absent where it was not run. */
    parity: z.unknown().optional(),
  })
  .readonly();
export type InstalledModel = z.infer<typeof installedModelSchema>;
