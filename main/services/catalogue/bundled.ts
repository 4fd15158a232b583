import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { envValue, type Host } from '#common/platform/host.ts';
import { readJson } from '../storage/json-file.ts';
import type { CatalogueEntry } from './entry.ts';

/** What may lie beside a bundled model as `NAME.json`; what is missing is read from the model itself. */
const factsSchema = z.object({
  title: z.string().min(1).max(100).optional(),
  license: z.string().min(1).max(200).optional(),
  licenseUrl: z.url({ protocol: /^https$/ }).optional(),
  goodFor: z.string().min(1).max(300).optional(),
});

export interface BundledModel {
  /** The catalogue's id where it is an entry of it, else the name of its file. */
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly facts: z.infer<typeof factsSchema>;
}

/** Names under which files of a catalogue entry are bundled, beside the entry's id and its own file name. */
const otherNames: Readonly<Record<string, string>> = {
  'smollm2-135m-instruct': 'smollm2-135m',
  'smollm2-360m-instruct': 'smollm2-360m',
};

/** Where models lie that come with the app: `resources/models`, or where `TUNESMITH_BUNDLED_MODELS` points. */
export function bundledFolder(host: Host, resources: string): string {
  return envValue(host, 'TUNESMITH_BUNDLED_MODELS') ?? path.join(resources, 'models');
}

/**
 * Every GGUF file of that folder is a bundled model: a build brings another one along by putting it there. Real ones come
 * before the practice model.
 */
export function bundledModels(folder: string, catalogue: readonly CatalogueEntry[]): readonly BundledModel[] {
  const found = names(folder)
    .filter((name) => name.toLowerCase().endsWith('.gguf'))
    .map((name) => {
      const file = path.join(folder, name);
      const stem = path.basename(name, path.extname(name)).toLowerCase();
      const facts = readJson(path.join(folder, `${path.basename(name, path.extname(name))}.json`), factsSchema) ?? {};
      return { id: idOf(stem, name, catalogue), path: file, bytes: statSync(file).size, facts };
    });
  return found.toSorted((a, b) => Number(a.id === 'practice') - Number(b.id === 'practice'));
}

function idOf(stem: string, name: string, catalogue: readonly CatalogueEntry[]): string {
  const entry = catalogue.find(({ id, remote }) => id === stem || remote?.fileName === name);
  return entry?.id ?? otherNames[stem] ?? stem;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
