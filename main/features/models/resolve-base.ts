import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { catalogue } from '../../services/catalogue/catalogue.ts';
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
export async function resolveBase(text: string, signal?: AbortSignal): Promise<BaseChoice> {
  if (text.startsWith(ollamaPrefix)) {
    const status = await detectOllama(signal === undefined ? {} : { signal });
    const found = await ollamaBase(requireOllama(status), text.slice(ollamaPrefix.length), signal);
    return { name: text, source: 'ollama', path: found.path, license: found.license };
  }
  const file = path.resolve(text);
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown');
  if (typeof stats === 'object') {
    if (stats.isFile()) return { name: text, source: 'file', path: file };
    throw new TunesmithError('file-unsupported', `${text} is a folder, not a model file.`, {
      advice: 'Give the path of a GGUF file.',
    });
  }
  const entry = catalogue.find(({ id }) => id === text);
  if (entry !== undefined) {
    throw new TunesmithError(
      'file-not-found',
      entry.id === 'practice'
        ? 'The practice model does not come with this version yet.'
        : `${entry.title} cannot be downloaded by this version yet.`,
      {
        advice:
          entry.id === 'practice'
            ? 'Give the path of a GGUF file, or ollama:NAME for a model of your Ollama.'
            : `Get it as a GGUF file (${entry.license}) and give its path, or pull it with Ollama and give ollama:NAME.`,
      },
    );
  }
  if (stats === 'EACCES' || stats === 'EPERM') {
    throw new TunesmithError('file-not-readable', `${text} may not be read.`, { advice: 'Check its permissions.' });
  }
  throw new TunesmithError('file-not-found', `There is no model at ${text}.`, {
    advice: 'Give the path of a GGUF file, ollama:NAME, or an id that "tunesmith models" lists.',
  });
}
