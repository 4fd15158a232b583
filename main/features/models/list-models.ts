import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { fitOf, suggestedFor, trainingBytes } from '../../services/catalogue/catalogue.ts';
import { knownModels, type KnownModel, type ModelPlaces } from '../../services/catalogue/local.ts';
import { detectOllama } from '../../services/ollama/detect.ts';
import { listModels as listOllamaModels } from '../../services/ollama/models.ts';

/** A model that could be taught. */
export interface ModelRow {
  /** What to give as BASE. */
  readonly id: string;
  readonly source: 'catalogue' | 'file' | 'ollama';
  /** How it comes to be here: with the app, by a download, from the person, from Ollama. */
  readonly origin: 'bundled' | 'download' | 'file' | 'ollama';
  readonly bytes: number;
  readonly license: string | null;
  readonly licenseUrl: string | null;
  /** True where its licence must be accepted before it is downloaded. */
  readonly mustAccept: boolean;
  /** Whether teaching it fits into this machine's memory. */
  readonly fits: boolean;
  readonly fit: 'well' | 'tight' | 'no';
  /** Rough upper bound of the memory that teaching it takes. */
  readonly neededBytes: number;
  readonly title: string;
  readonly goodFor: string | null;
  readonly quantization: string | null;
  /** The one real model to try first on this computer. */
  readonly suggested: boolean;
  /** False where it cannot be used yet; `note` says why. */
  readonly available: boolean;
  readonly note: string | null;
}

export interface ListModelsDeps extends ModelPlaces {
  readonly memoryBytes: number;
  readonly inspect: (path: string) => Promise<ModelInfo>;
  readonly signal?: AbortSignal | undefined;
}

/** Bundled models, the rest of the catalogue, further files of the app's folder and of the local Ollama, in this order. */
export async function* listModels(deps: ListModelsDeps): AsyncGenerator<ModelRow> {
  const known = knownModels(deps);
  const catalogue = known.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  const suggested = suggestedFor(catalogue, deps.memoryBytes);
  for (const model of known) yield knownRow(model, suggested, deps);
  yield* localModels(deps, new Set(catalogue.flatMap(({ remote }) => (remote === null ? [] : [remote.fileName]))));
  yield* ollamaModels(deps);
}

function knownRow(model: KnownModel, suggested: string | null, deps: ListModelsDeps): ModelRow {
  const { id, title, entry, bundled, bytes } = model;
  const isHere = model.path !== null;
  return {
    id,
    source: 'catalogue',
    origin: bundled !== null || entry?.remote === null ? 'bundled' : 'download',
    ...sizes(bytes, deps),
    license: bundled?.facts.license ?? entry?.license.name ?? null,
    licenseUrl: bundled?.facts.licenseUrl ?? entry?.license.url ?? null,
    mustAccept: bundled === null && entry?.license.mustAccept === true,
    title,
    goodFor: bundled?.facts.goodFor ?? entry?.goodFor ?? null,
    quantization: bundled === null ? (entry?.remote?.quantization ?? null) : null,
    suggested: id === suggested,
    available: isHere,
    note: isHere
      ? null
      : entry?.remote === null
        ? 'this build of Tunesmith came without it'
        : `not here yet: tunesmith models download ${id}`,
  };
}

async function* localModels(deps: ListModelsDeps, ofCatalogue: ReadonlySet<string>): AsyncGenerator<ModelRow> {
  const names = await readdir(deps.layout.models).catch(() => []);
  for (const name of names.filter((each) => each.toLowerCase().endsWith('.gguf') && !ofCatalogue.has(each))) {
    const file = path.join(deps.layout.models, name);
    const { size } = await stat(file);
    const info = await deps.inspect(file).catch(() => undefined);
    yield {
      ...unknown,
      id: file,
      source: 'file',
      origin: 'file',
      ...sizes(size, deps),
      license: info?.license ?? null,
      title: info?.name ?? name,
      quantization: info?.fileType ?? null,
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
      ...unknown,
      id: `ollama:${model.name}`,
      source: 'ollama',
      origin: 'ollama',
      ...sizes(model.bytes, deps),
      title: model.name,
      goodFor: `${model.family} ${model.parameterSize}`.trim(),
      quantization: model.quantization,
      available: !model.isRemote && isGguf,
      note: model.isRemote ? 'runs on another computer' : isGguf ? null : `stored as ${model.format}`,
    };
  }
}

const unknown = { license: null, licenseUrl: null, mustAccept: false, goodFor: null, suggested: false } as const;

function sizes(bytes: number, { memoryBytes }: ListModelsDeps) {
  const fit = fitOf(bytes, memoryBytes);
  return { bytes, neededBytes: trainingBytes(bytes), fit, fits: fit !== 'no' };
}
