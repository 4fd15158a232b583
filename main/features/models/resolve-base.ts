import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { knownModels, type KnownModel, type ModelPlaces } from '../../services/catalogue/local.ts';
import { ollamaBase } from '../../services/ollama/bases.ts';
import { detectOllama, requireOllama } from '../../services/ollama/detect.ts';

/** A base model as the person named it, found on this computer. */
export interface BaseChoice {
  /** As given: a path, `ollama:NAME`, an id of the catalogue. */
  readonly name: string;
  readonly source: 'file' | 'ollama' | 'catalogue';
  /** Absolute. Only ever read. */
  readonly path: string;
  readonly license?: string | undefined;
}

const ollamaPrefix = 'ollama:';

/**
 * Finds what a person means by BASE: a GGUF file, `ollama:NAME`, or an id of the catalogue. A file of that name wins
 * over the catalogue. Throws `file-not-found` and the like in words.
 */
export async function resolveBase(text: string, places: ModelPlaces, signal?: AbortSignal): Promise<BaseChoice> {
  if (text.startsWith(ollamaPrefix)) {
    const status = await detectOllama(signal === undefined ? {} : { signal });
    const found = await ollamaBase(requireOllama(status), text.slice(ollamaPrefix.length), signal);
    return { name: text, source: 'ollama', path: found.path, license: found.license };
  }
  const file = path.resolve(text);
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown');
  if (typeof stats === 'object') {
    if (stats.isFile()) return { name: text, source: 'file', path: file };
    // A folder may be called like a model; then the model is meant.
    if (knownModel(text, places) === undefined) {
      throw new TunesmithError('file-unsupported', `${text} is a folder, not a model file.`, {
        advice: 'Give the path of a GGUF file.',
      });
    }
  }
  const known = knownModel(text, places);
  if (known !== undefined) return ofCatalogue(text, known);
  if (stats === 'EACCES' || stats === 'EPERM') {
    throw new TunesmithError('file-not-readable', `${text} may not be read.`, { advice: 'Check its permissions.' });
  }
  throw new TunesmithError('file-not-found', `There is no model at ${text}.`, {
    advice: 'Give the path of a GGUF file, ollama:NAME, or an id that "tunesmith models" lists.',
  });
}

function knownModel(id: string, places: ModelPlaces): KnownModel | undefined {
  return knownModels(places).find((model) => model.id === id);
}

function ofCatalogue(name: string, { id, title, path: file, entry, bundled }: KnownModel): BaseChoice {
  if (file !== null) {
    const license = bundled?.facts.license ?? entry?.license.name;
    return { name, source: 'catalogue', path: file, ...(license === undefined ? {} : { license }) };
  }
  if (entry?.remote === null || entry === null) {
    throw new TunesmithError('file-not-found', `${title} is missing: this build of Tunesmith came without it.`, {
      advice: 'Download another model, give the path of a GGUF file, or ollama:NAME for a model of your Ollama.',
    });
  }
  throw new TunesmithError('file-not-found', `${title} is not on this computer yet.`, {
    advice: `Download it with "tunesmith models download ${id}", or on the Model step of the window.`,
  });
}
