import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TunesmithError } from '#common/domain/errors.ts';
import { fileBytes, fileSha256, uploadBlob } from './blobs.ts';
import { asking, type OllamaServer } from './client.ts';
import { createModel, defaultParameters, type ModelParameters } from './create.ts';
import { cancelled, ollamaError } from './errors.ts';
import { readText, send } from './http.ts';
import { fullModelName, isSameModelName } from './names.ts';
import { markTemplate } from './template.ts';

export interface InstallProgress {
  readonly stage: 'checking' | 'uploading' | 'creating';
  /** Bytes; both 0 where Ollama does not say how far it is. */
  readonly completed: number;
  readonly total: number;
}

export interface InstallRequest {
  readonly server: OllamaServer;
  /** One finished file: merged and quantized. */
  readonly ggufPath: string;
  readonly name: string;
  /** Go template, as `ollamaTemplate` makes it; absent: Ollama uses what it finds in the file. */
  readonly template?: string | undefined;
  /** Texts that end an answer, from the template's end of turn. */
  readonly stops: readonly string[];
  readonly system?: string | undefined;
  readonly license?: string | undefined;
  /** Merged over `defaultParameters`. */
  readonly parameters?: ModelParameters | undefined;
  /** Replace a model that has this name. Default: refuse. */
  readonly overwrite?: boolean | undefined;
  /** The file's SHA-256 where it is known already. */
  readonly sha256?: string | undefined;
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How often an upload that was cut is started anew, when the server answers again within half a minute. Default 2. */
  readonly retries?: number | undefined;
  readonly stallMs?: number | undefined;
}

export interface InstalledResult {
  /** As Ollama lists it, with its tag. */
  readonly name: string;
  /** Ollama's digest of the model as a whole. */
  readonly digest: string;
  readonly bytes: number;
  readonly sha256: string;
  /** False where Ollama had the file already. */
  readonly uploaded: boolean;
  readonly replaced: boolean;
}

/**
 * Installs one GGUF into Ollama with template, stops and parameters written out. The name is checked first and the file is
 * handed over before the name is touched, so a failure leaves an older model of that name as it was.
 * @throws TunesmithError in words for everything that can go wrong; `ollama-interrupted` may simply be tried again
 */
export async function installModel(request: InstallRequest): Promise<InstalledResult> {
  const { server, signal, ggufPath, stallMs } = request;
  const name = fullModelName(request.name);
  const bytes = await fileBytes(ggufPath);
  if (bytes === 0)
    throw new TunesmithError('file-corrupt', `${ggufPath} is empty.`, { advice: 'Make the model file again.' });
  const existing = await findModel(server, name, signal);
  if (existing !== undefined && request.overwrite !== true) {
    throw new TunesmithError('ollama-refused', `There is a model called "${existing.name}" in Ollama already.`, {
      advice: 'Choose another name, or say that it may be replaced.',
    });
  }
  const report = (stage: InstallProgress['stage']) => (completed: number, total: number) =>
    request.onProgress?.({ stage, completed, total });
  const doing = 'the model was being installed';
  try {
    const sha256 = request.sha256 ?? (await fileSha256(ggufPath, { onProgress: report('checking'), signal }));
    const uploaded = await retrying(server, request.retries ?? 2, signal, () =>
      uploadBlob(server, ggufPath, sha256, {
        onProgress: report('uploading'),
        signal,
        ...(stallMs === undefined ? {} : { stallMs }),
      }),
    );
    const reportCreating = report('creating');
    reportCreating(0, 0);
    await createModel(server, {
      name,
      fileName: basename(ggufPath),
      sha256,
      template: request.template === undefined ? undefined : markTemplate(request.template),
      system: request.system,
      license: request.license,
      stops: request.stops,
      parameters: { ...defaultParameters, ...request.parameters },
      onStatus: (_status, completed, total) => reportCreating(completed, total),
      signal,
    });
    const made = await findModel(server, name, signal);
    if (made === undefined) {
      throw new TunesmithError('ollama-refused', `Ollama said that "${name}" is installed but does not list it.`, {
        advice: 'Install it again.',
        retryable: true,
      });
    }
    return { name: made.name, digest: made.digest, bytes, sha256, uploaded, replaced: existing !== undefined };
  } catch (thrown) {
    if (signal?.aborted === true) throw cancelled();
    throw ollamaError(thrown, server.address, doing);
  }
}

async function findModel(server: OllamaServer, name: string, signal: AbortSignal | undefined) {
  const { models } = await asking(server, 'it listed its models', signal, (client) => client.list());
  return models.find((model) => isSameModelName(model.name, name));
}

/** Runs an upload again where the connection was cut and the server is back. */
async function retrying<T>(
  server: OllamaServer,
  retries: number,
  signal: AbortSignal | undefined,
  upload: () => Promise<T>,
): Promise<T> {
  for (let left = retries; ; left -= 1) {
    try {
      return await upload();
    } catch (thrown) {
      signal?.throwIfAborted();
      const failure = ollamaError(thrown, server.address, 'the model file was being handed over');
      if (left <= 0 || failure.code !== 'ollama-interrupted' || !(await isBack(server, signal))) throw failure;
    }
  }
}

/** Waits up to half a minute for a server that was lost: a service is started again by the system within seconds. */
async function isBack(server: OllamaServer, signal: AbortSignal | undefined): Promise<boolean> {
  for (const waitMs of [200, 800, 2000, 4000, 8000, 15_000]) {
    await delay(waitMs, undefined, signal ? { signal } : {});
    try {
      const response = await send(server.address, { method: 'GET', path: '/api/version', signal });
      await readText(response);
      if (response.statusCode === 200) return true;
    } catch {
      signal?.throwIfAborted();
    }
  }
  return false;
}
