import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { TunesmithError } from '#common/domain/errors.ts';
import { isLoopback } from './address.ts';
import { asking, type OllamaServer } from './client.ts';

export interface OllamaBase {
  /** Absolute path of the model's file in Ollama's store. Only ever read. */
  readonly path: string;
  readonly name: string;
  readonly license: string | undefined;
}

/**
 * The file of a model that is in the local Ollama, to be used as a base.
 * @throws TunesmithError `file-unsupported` for a model that is not one GGUF file on this computer, `file-not-found`,
 *   `file-not-readable` (Ollama runs as another user)
 */
export async function ollamaBase(server: OllamaServer, name: string, signal?: AbortSignal): Promise<OllamaBase> {
  const shown = await asking(server, 'it described a model', signal, (client) => client.show({ model: name }));
  const info = shown as unknown as { remote_host?: string; model_info?: Record<string, unknown>; license?: string };
  if ((info.remote_host ?? '') !== '') {
    throw unusable(name, 'it runs on somebody else’s computer; only its name is here');
  }
  if (shown.details.format !== '' && shown.details.format !== 'gguf') {
    throw unusable(name, `it is stored as ${shown.details.format}, and Tunesmith reads GGUF`);
  }
  if (Number(info.model_info?.['split.count'] ?? 1) > 1) throw unusable(name, 'it is split over several files');
  if (!isLoopback(server.address)) throw unusable(name, 'this Ollama runs on another computer');
  const path = modelPath(shown.modelfile);
  if (path === undefined) throw unusable(name, 'Ollama does not say where its file is');
  await checkReadable(name, path);
  return { path, name, license: info.license };
}

/** The file of the first FROM line; further ones are projectors for pictures. */
export function modelPath(modelfile: string): string | undefined {
  const found = /^FROM[ \t]+(.+?)[ \t]*\r?$/m.exec(modelfile)?.[1];
  const path = found === undefined ? undefined : (/^"(.*)"$/.exec(found)?.[1] ?? found);
  // A name instead of a path: a model that stands on another one.
  return path !== undefined && (/^(?:\/|\\\\)/.test(path) || /^[A-Za-z]:[\\/]/.test(path)) ? path : undefined;
}

async function checkReadable(name: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    await using file = await open(path, 'r');
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.toString('latin1') !== 'GGUF') throw unusable(name, 'its file is not a GGUF');
  } catch (thrown) {
    if (thrown instanceof TunesmithError) throw thrown;
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw unusable(name, `its file ${path} is not on this computer (does Ollama run in a container?)`);
    }
    throw new TunesmithError('file-not-readable', `The file of "${name}" (${path}) may not be read by you.`, {
      advice: 'Ollama runs as another user. Ask for read access to its folder, or use a GGUF file of the model.',
      cause: thrown,
    });
  }
}

function unusable(name: string, why: string): TunesmithError {
  return new TunesmithError('file-unsupported', `"${name}" cannot be used as a base: ${why}.`, {
    advice: 'Choose another model, or a GGUF file.',
  });
}
