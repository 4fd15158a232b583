import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { quantTypeSchema } from '#common/contract/engine.ts';
import { writeError } from '../../services/storage/write-error.ts';

const tuneOrderSchema = z.object({
  /** Absolute: where adapter, model, Modelfile and run.json go. */
  folder: z.string(),
  quant: quantTypeSchema,
  /** Name in Ollama; absent: not to be installed. */
  install: z.string().optional(),
  replace: z.boolean().default(false),
});

/** What `tune` is to do after the training; kept with the run, so that `resume` does it too. */
export interface TuneOrder {
  readonly folder: string;
  readonly quant: z.infer<typeof quantTypeSchema>;
  readonly install?: string | undefined;
  readonly replace: boolean;
}

export async function writeTuneOrder(runFolder: string, order: TuneOrder): Promise<void> {
  const file = fileOf(runFolder);
  try {
    await writeFile(file, JSON.stringify(order));
  } catch (error) {
    throw writeError(error, file);
  }
}

/** Undefined where the run was begun by `train`. */
export async function readTuneOrder(runFolder: string): Promise<TuneOrder | undefined> {
  const text = await readFile(fileOf(runFolder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : tuneOrderSchema.parse(JSON.parse(text));
}

function fileOf(runFolder: string): string {
  return path.join(runFolder, 'tune.json');
}
