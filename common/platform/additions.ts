/**
 * Libraries that the installers do not carry and the person may add: CUDA's backend of llama.cpp, which is larger than the whole app. Each is one
 * file of an npm package, pinned here to the byte, and laid into the data folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import { hashOfFile } from './library-manifest.ts';
import type { Host } from './host.ts';

export interface Addition {
  /** npm name and version of the package that holds it. */
  readonly packageName: string;
  readonly version: string;
  /** SHA-512 of the package's archive in hexadecimal: what package-lock.json calls its integrity. */
  readonly archiveSha512: string;
  readonly archiveBytes: number;
  /** Path of the library in the archive. */
  readonly entry: string;
  /** Name of the library in the data folder. */
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly license: string;
  /** Major version of NVIDIA's CUDA libraries that it is linked to. */
  readonly cuda: number;
}

const integrity = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

/**
 * For Linux x64, of the same release as the libraries of the app; the first whose CUDA is there is taken. Windows has none: version 3.22.1 of
 * its package was not in the registry when this was written, and what cannot be pinned is not offered.
 */
export const linuxCuda: readonly Addition[] = [
  {
    packageName: '@node-llama-cpp/linux-x64-cuda',
    version: '3.22.1',
    archiveSha512: integrity(
      '8rQCjyNNLZJUFit+YpjwlC4hwkKgOMIkB2wuycKBf8NU2O3ySKbiWZQ8aw9ku2nUTXjSnUIrE6KB88itduTBuA==',
    ),
    archiveBytes: 142_898_030,
    entry: 'package/bins/linux-x64-cuda/libggml-cuda.so',
    fileName: 'libggml-cuda-13.so',
    bytes: 158_993_272,
    sha256: 'f00882ca593ddf380778f5ac835690bcdaad951cd4700829c7a03aa0c32bcf47',
    license: 'MIT',
    cuda: 13,
  },
  {
    packageName: '@node-llama-cpp/linux-x64-cuda-ext',
    version: '3.22.1',
    archiveSha512: integrity(
      '4e5ajkiM2aR2WAdB/N/ACk4weEhHvOAIrzxZPsIX0xDFW5+6hhShuy1/vs88SK9NGdgAco9IyE28eYS0H1efpA==',
    ),
    archiveBytes: 176_664_119,
    entry: 'package/bins/linux-x64-cuda/fallback/libggml-cuda.so',
    fileName: 'libggml-cuda-12.so',
    bytes: 374_450_984,
    sha256: '4f46521c1a9d4aa04c412977ac717018c1d607eec871a438ee2ee270f220c9e4',
    license: 'MIT',
    cuda: 12,
  },
];

/** What could be added on such a computer, if its card and its libraries ask for it. */
export function additionsFor({ platform, arch }: Host): readonly Addition[] {
  return platform === 'linux' && arch === 'x64' ? linuxCuda : [];
}

/** Where the archive of a package lies in an npm registry. */
export function archiveUrl(registry: string, { packageName, version }: Addition): string {
  const bare = packageName.replace(/^@[^/]+\//, '');
  return `${registry.replace(/\/+$/, '')}/${packageName}/-/${bare}-${version}.tgz`;
}

/** The addition that lies in the folder, by name and size alone. */
export function placedAddition(folder: string, additions: readonly Addition[]): Addition | undefined {
  return additions.find(
    ({ fileName, bytes }) => fs.statSync(path.join(folder, fileName), { throwIfNoEntry: false })?.size === bytes,
  );
}

/** Processes that began to load it in that folder and ended before it was done: a driver that does not get on with it ends the process. */
export function deathsWhileLoading(folder: string, isAlive: (pid: number) => boolean = isRunning): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).filter((name) => {
    const pid = /^loading-(\d+)$/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}

/** One death may have been our own doing (a cancel), two are none. */
export const mostDeaths = 2;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Main says here to its child processes where additions lie. */
export const additionsVariable = 'TUNESMITH_ADDITIONS';

let announced: string | undefined;

/**
 * To be called in a child process before llama.cpp loads its backends: it then loads the library that was added too (`GGML_BACKEND_PATH`), if it
 * is what it must be, and if it did not end two processes before. Reads all its bytes, once a process. Returns what is to be called when loading is done;
 * null where nothing was added.
 */
export function announceAddition(
  folder = process.env[additionsVariable] ?? '',
  additions: readonly Addition[] = linuxCuda,
): (() => void) | null {
  const added = folder === '' ? undefined : placedAddition(folder, additions);
  if (added === undefined || deathsWhileLoading(folder).length >= mostDeaths) return null;
  const file = path.join(folder, added.fileName);
  if (announced !== file) {
    if (hashOfFile(file) !== added.sha256) {
      process.stderr.write(`${file} is not the file that was published: it is not loaded.\n`);
      return null;
    }
    announced = file;
    process.env['GGML_BACKEND_PATH'] = file;
  }
  return riskWithAddition(folder);
}

/**
 * To be called before the card itself is tried, which can end the process too. Returns what is to be called after it; null where nothing was added.
 */
export function riskWithAddition(folder = process.env[additionsVariable] ?? ''): (() => void) | null {
  if (announced === undefined) return null;
  const mark = path.join(folder, `loading-${process.pid}`);
  try {
    fs.writeFileSync(mark, '', { flush: true });
  } catch {
    // On a full disk it is tried without a mark.
    return () => {};
  }
  return () => {
    // It went well: what happened before counts no more.
    for (const name of [...deathsWhileLoading(folder), path.basename(mark)]) {
      fs.rmSync(path.join(folder, name), { force: true });
    }
  };
}
