import type { ShowResponse } from 'ollama';
import { asking, type OllamaServer } from './client.ts';
import { isMarkedTemplate } from './template.ts';

export interface OllamaModel {
  /** With its tag. */
  readonly name: string;
  readonly digest: string;
  readonly bytes: number;
  readonly family: string;
  readonly parameterSize: string;
  readonly quantization: string;
  /** `gguf` or `safetensors`. */
  readonly format: string;
  /** Runs on somebody else's computer: only its name is here. */
  readonly isRemote: boolean;
  /** Known by the mark that installing leaves in its template. */
  readonly madeHere: boolean;
}

/** Every model of the local Ollama, as Ollama orders them (newest first). */
export async function listModels(server: OllamaServer, signal?: AbortSignal): Promise<readonly OllamaModel[]> {
  return asking(server, 'it listed its models', signal, async (client) => {
    const { models } = await client.list();
    const all: OllamaModel[] = [];
    for (const { name, digest, size, details, ...rest } of models) {
      const isRemote = 'remote_host' in rest;
      // A model may have gone between the two questions; then it is simply not one of ours.
      const shown = isRemote ? undefined : await client.show({ model: name }).catch(() => undefined);
      signal?.throwIfAborted();
      all.push({
        name,
        digest,
        bytes: size,
        family: details.family,
        parameterSize: details.parameter_size,
        quantization: details.quantization_level,
        format: details.format,
        isRemote,
        madeHere: shown !== undefined && isMarkedTemplate(templateOf(shown)),
      });
    }
    return all;
  });
}

/** Names and sizes alone: one question, however many models there are. */
export async function modelNames(
  server: OllamaServer,
  signal?: AbortSignal,
): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  return asking(server, 'it listed its models', signal, async (client) => {
    const { models } = await client.list();
    return models.map(({ name, size }) => ({ name, bytes: size }));
  });
}

/** Whether a model bears the mark that installing leaves in its template. */
export async function isMadeHere(server: OllamaServer, name: string, signal?: AbortSignal): Promise<boolean> {
  return asking(server, 'it described a model', signal, async (client) =>
    isMarkedTemplate(templateOf(await client.show({ model: name }))),
  );
}

/**
 * Removes a model and the files that only it uses. It is unloaded first: a loaded one would keep its memory, and on
 * Windows its file.
 * @throws TunesmithError `file-not-found` where Ollama has no such model
 */
export async function deleteModel(server: OllamaServer, name: string, signal?: AbortSignal): Promise<void> {
  await asking(server, 'it deleted a model', signal, async (client) => {
    await client.chat({ model: name, messages: [], keep_alive: 0 }).catch(() => undefined);
    signal?.throwIfAborted();
    await client.delete({ model: name });
  });
}

/** The package says that a template is always there; a model without one has none. */
function templateOf(shown: ShowResponse): string {
  return (shown.template as string | undefined) ?? '';
}
