import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { catalogue, fitsMemory } from '../../services/catalogue/catalogue.ts';
import { detectOllama } from '../../services/ollama/detect.ts';
import { listModels as listOllamaModels } from '../../services/ollama/models.ts';

/** A model that could be taught. */
export interface ModelRow {
  /** What to give as BASE. */
  readonly id: string;
  readonly source: 'catalogue' | 'file' | 'ollama';
  readonly bytes: number;
  readonly license: string | null;
  /** Whether teaching it fits into this machine's memory. */
  readonly fits: boolean;
  readonly title: string;
  /** False where it cannot be used yet; `note` says why. */
  readonly available: boolean;
  readonly note: string | null;
}

export interface ListModelsDeps {
  /** Folder of the app's own models. */
  readonly modelsFolder: string;
  readonly memoryBytes: number;
  readonly inspect: (path: string) => Promise<ModelInfo>;
  readonly signal?: AbortSignal | undefined;
}

/** Models of the catalogue, of the app's folder and of the local Ollama, in this order. */
export async function* listModels(deps: ListModelsDeps): AsyncGenerator<ModelRow> {
  for (const { id, title, bytes, license, goodFor } of catalogue) {
    const note = `${goodFor}; not downloadable in this version yet`;
    yield { id, source: 'catalogue', bytes, license, fits: fits(bytes, deps), title, available: false, note };
  }
  yield* localModels(deps);
  yield* ollamaModels(deps);
}

async function* localModels(deps: ListModelsDeps): AsyncGenerator<ModelRow> {
  const names = await readdir(deps.modelsFolder).catch(() => []);
  for (const name of names.filter((each) => each.toLowerCase().endsWith('.gguf'))) {
    const file = path.join(deps.modelsFolder, name);
    const bytes = (await stat(file)).size;
    const info = await deps.inspect(file).catch(() => undefined);
    yield {
      id: file,
      source: 'file',
      bytes,
      license: info?.license ?? null,
      fits: fits(bytes, deps),
      title: info?.name ?? name,
      available: info?.supported === true,
      note: info === undefined ? 'not a whole GGUF file' : (info.reason ?? null),
    };
  }
}

async function* ollamaModels(deps: ListModelsDeps): AsyncGenerator<ModelRow> {
  const status = await detectOllama(deps.signal === undefined ? {} : { signal: deps.signal });
  if (status.state !== 'running') return;
  for (const model of await listOllamaModels(status.server, deps.signal)) {
    const isGguf = model.format === 'gguf' || model.format === '';
    yield {
      id: `ollama:${model.name}`,
      source: 'ollama',
      bytes: model.bytes,
      license: null,
      fits: fits(model.bytes, deps),
      title: `${model.family} ${model.parameterSize} ${model.quantization}`.trim(),
      available: !model.isRemote && isGguf,
      note: model.isRemote ? 'runs on another computer' : isGguf ? null : `stored as ${model.format}`,
    };
  }
}

function fits(bytes: number, { memoryBytes }: ListModelsDeps): boolean {
  return fitsMemory(bytes, memoryBytes);
}
