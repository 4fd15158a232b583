/**
 * Finds and loads the prebuilt llama.cpp libraries, all from one folder: two copies of ggml in one process bind
 * to each other by name and devices silently go missing.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import { requireSoundLibraries } from '#common/platform/bundled.ts';
import { currentHost, type Host } from '#common/platform/host.ts';
import { bundledLibraries, libraryFileNames, llamaPackages } from '#common/platform/native-libraries.ts';
import { hasNvidiaDriver } from '#common/platform/nvidia.ts';
import { places } from '#common/platform/places.ts';

export type KoffiLibrary = ReturnType<typeof koffi.load>;

export interface NativeLibraries {
  /** The one folder all libraries come from. */
  readonly folder: string;
  /** ggml-base: tensors, graphs, backends, GGUF. */
  readonly base: KoffiLibrary;
  /** ggml: the registry of devices. */
  readonly ggml: KoffiLibrary;
}

let loaded: NativeLibraries | undefined;
let llama: KoffiLibrary | undefined;

/** Loads ggml once per process. Throws `device-unavailable` where no folder holds the libraries, `installation-damaged`. */
export function loadLibraries(): NativeLibraries {
  if (loaded !== undefined) return loaded;
  requireSoundLibraries();
  const host = currentHost();
  const folder = findLibraryFolder(host);
  const names = libraryFileNames(host);
  // ggml before ggml-base would make the loader look for the latter on the system path on some platforms.
  const base = koffi.load(fileMatching(folder, names.ggmlBase), { global: true });
  const ggml = koffi.load(fileMatching(folder, names.ggml), { global: true });
  loaded = { folder, base, ggml };
  return loaded;
}

/** libllama, loaded when first asked for: the trainer alone does not need it. */
export function loadLlama(): KoffiLibrary {
  const { folder } = loadLibraries();
  llama ??= koffi.load(fileMatching(folder, libraryFileNames(currentHost()).llama), { global: true });
  return llama;
}

/**
 * The folder with the libraries: `TUNESMITH_LIBRARIES` where set, then `resources/bin` of the app, then the
 * npm packages of node-llama-cpp in the order of `llamaPackages` (most capable first).
 */
export function findLibraryFolder(host: Host): string {
  const wanted = libraryFileNames(host);
  const tried: string[] = [];
  for (const folder of candidateFolders(host)) {
    tried.push(folder);
    if (fs.existsSync(folder) && fs.readdirSync(folder).some((name) => wanted.ggmlBase.test(name))) return folder;
  }
  throw new TunesmithError(
    'device-unavailable',
    `The llama.cpp libraries for ${host.platform} ${host.arch} were not found. Looked in: ${tried.join(', ')}.`,
    { advice: 'Install Tunesmith again, or run "npm ci" in a checkout.' },
  );
}

function* candidateFolders(host: Host): Generator<string> {
  const chosen = host.env['TUNESMITH_LIBRARIES'];
  if (chosen !== undefined && chosen !== '') {
    yield path.resolve(chosen);
    return;
  }
  const bundled = bundledLibraries(host);
  if (bundled !== undefined) yield path.join(places.resources, 'bin', bundled.folder);
  // There the packages lie in the archive, without their libraries.
  if (places.form === 'packaged') return;
  // The packages do not export their package.json, so their folders are looked up the way Node would.
  const nodeModules = createRequire(path.join(places.root, 'package.json')).resolve.paths('koffi') ?? [];
  for (const { name, binsFolder, device } of llamaPackages(host)) {
    // The CUDA package has no Vulkan backend, so it only serves where there is a driver for it.
    if (device === 'cuda' && !hasNvidiaDriver(host)) continue;
    for (const folder of nodeModules) yield path.join(folder, name, 'bins', binsFolder);
  }
}

function fileMatching(folder: string, pattern: RegExp): string {
  const name = fs.readdirSync(folder).find((entry) => pattern.test(entry));
  if (name === undefined) {
    throw new TunesmithError('device-unavailable', `${folder} holds no library that matches ${pattern}.`, {
      advice: 'Install Tunesmith again, or run "npm ci" in a checkout.',
    });
  }
  return path.join(folder, name);
}
