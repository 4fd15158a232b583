import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TunesmithError } from '#common/domain/errors.ts';
import { envValue, type Host } from '#common/platform/host.ts';
import { builtInCatalogue } from './built-in.ts';
import { catalogueEntrySchema, type CatalogueEntry } from './entry.ts';

export type { CatalogueEntry } from './entry.ts';

/**
 * The built-in entries, and those of the file that `TUNESMITH_CATALOGUE` names (an organisation's own mirror or models): an entry of an id that is known replaces it. The file is a JSON list
 * of entries as in `entry.ts`.
 *
 * @throws TunesmithError `file-not-found` or `file-corrupt` where that file cannot be used
 */
export function catalogueOf(host: Host): readonly CatalogueEntry[] {
  const file = envValue(host, 'TUNESMITH_CATALOGUE');
  if (file === undefined) return builtInCatalogue;
  const own = readOwn(file);
  const ids = new Set(own.map(({ id }) => id));
  return [...builtInCatalogue.filter(({ id }) => !ids.has(id)), ...own];
}

function readOwn(file: string): readonly CatalogueEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TunesmithError('file-not-found', `The catalogue ${file} cannot be read.`, {
      advice: 'Correct the environment variable TUNESMITH_CATALOGUE, or remove it.',
      cause: error,
    });
  }
  try {
    const parsed = z.array(catalogueEntrySchema).safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    throw new Error(z.prettifyError(parsed.error));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TunesmithError('file-corrupt', `The catalogue ${file} cannot be used: ${why}`, {
      advice: 'Correct that file, or remove the environment variable TUNESMITH_CATALOGUE.',
      cause: error,
    });
  }
}

/**
 * Whether teaching a model of this size fits into memory: the engine holds at most 2.5 times the file, and about
 * half a gigabyte for computing.
 */
export function fitsMemory(modelBytes: number, memoryBytes: number): boolean {
  return trainingBytes(modelBytes) <= memoryBytes * 0.9;
}

/** Rough upper bound of the memory that teaching takes. */
export function trainingBytes(modelBytes: number): number {
  return 2.5 * modelBytes + 500e6;
}

/** `tight`: it fits, but other programs will feel it. */
export function fitOf(modelBytes: number, memoryBytes: number): 'well' | 'tight' | 'no' {
  if (!fitsMemory(modelBytes, memoryBytes)) return 'no';
  return trainingBytes(modelBytes) / memoryBytes > 0.6 ? 'tight' : 'well';
}

/**
 * The entry to try first on a computer of this memory. Larger ones answer better but train slower: without a graphics card
 * half a billion parameters are what an evening bears, so no more than that is suggested.
 */
export function suggestedFor(catalogue: readonly CatalogueEntry[], memoryBytes: number): string | null {
  const patience = 700e6;
  const real = catalogue
    .filter(({ remote, parameters }) => remote !== null && parameters <= patience)
    .filter(({ bytes }) => fitOf(bytes, memoryBytes) === 'well');
  return real.toSorted((a, b) => b.parameters - a.parameters)[0]?.id ?? null;
}
