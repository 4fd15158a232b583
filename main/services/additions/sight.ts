import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { envValue, type Host } from '#common/platform/host.ts';
import { llamaPackages } from '#common/platform/native-libraries.ts';
import { cudaRuntimes, hasNvidiaDriver, namesOfLoader } from '#common/platform/nvidia.ts';
import { places } from '#common/platform/places.ts';

/** What this computer has that decides whether CUDA's library is worth adding. */
export interface Sight {
  readonly hasCard: boolean;
  /** Major versions of NVIDIA's CUDA libraries that a program here can load, newest first. */
  readonly runtimes: readonly number[];
  /** True where Tunesmith finds a CUDA backend already: of an npm package in a checkout, or in a folder that the person named. */
  readonly hasOwn: boolean;
}

export async function lookAround(host: Host): Promise<Sight> {
  const hasCard = hasNvidiaDriver(host);
  return { hasCard, runtimes: hasCard ? cudaRuntimes(await loadable(host)) : [], hasOwn: hasOwn(host) };
}

/** Names of libraries that the system's loader finds. Nothing but Linux has them as files by these names. */
async function loadable(host: Host): Promise<ReadonlySet<string>> {
  if (host.platform !== 'linux') return new Set();
  const listing = await promisify(execFile)('/sbin/ldconfig', ['-p'], { timeout: 5000, maxBuffer: 1 << 24 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const own = (envValue(host, 'LD_LIBRARY_PATH') ?? '').split(':').filter((folder) => path.isAbsolute(folder));
  return new Set([...namesOfLoader(listing), ...own.flatMap((folder) => namesIn(folder))]);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hasOwn(host: Host): boolean {
  if (envValue(host, 'TUNESMITH_LIBRARIES') !== undefined) return true;
  if (places.form === 'packaged') return false;
  const folders = createRequire(path.join(places.root, 'package.json')).resolve.paths('koffi') ?? [];
  return llamaPackages(host)
    .filter(({ device }) => device === 'cuda')
    .some(({ name, binsFolder }) => folders.some((folder) => existsSync(path.join(folder, name, 'bins', binsFolder))));
}
