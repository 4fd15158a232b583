import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { currentHost } from '#common/platform/host.ts';
import type { CatalogueEntry } from '#main/services/catalogue/entry.ts';
import { layoutOf } from '#main/services/paths.ts';
import { Downloads, type DownloadsDeps, type DownloadState } from '#main/services/downloads/downloads.ts';
import { openModelHost, type Behaviour, type ModelHost } from './model-host.ts';

export const modelBytes = 400_000;
const limits = { stallMs: 500, retryMs: [5, 5, 5] };

/** Not a model, but it begins as one: downloads alone do not look further. */
export function modelFile(seed = 1, bytes = modelBytes): Buffer {
  const file = Buffer.alloc(bytes);
  let value = seed;
  for (let at = 0; at < bytes; at += 1) file[at] = value = (value * 167 + 13) % 256;
  file.write('GGUF', 0, 'latin1');
  return file;
}

export interface Bench {
  readonly downloads: Downloads;
  readonly target: string;
  readonly part: string;
  readonly entry: CatalogueEntry;
  readonly state: () => DownloadState;
  /** Starts and waits for the end; the state then. */
  readonly finish: () => Promise<DownloadState>;
  /** Waits until so many bytes have come. */
  readonly received: (bytes: number) => Promise<void>;
}

/** A folder, hosts and downloads of one test; all end with it. */
export interface DownloadBench extends AsyncDisposable {
  readonly root: string;
  hostWith(behaviour?: Partial<Behaviour>): Promise<ModelHost>;
  benchFor(
    host: Pick<ModelHost, 'url'>,
    change?: Partial<CatalogueEntry> & { readonly sha256?: string | null },
    deps?: Partial<DownloadsDeps>,
    home?: string,
  ): Bench;
  /** Ends hosts and downloads so far. */
  close(): Promise<void>;
}

export function openDownloadBench(): DownloadBench {
  const root = mkdtempSync(path.join(tmpdir(), 'downloads-'));
  const open: AsyncDisposable[] = [];
  const close = async (): Promise<void> => {
    for (const each of open.splice(0).toReversed()) await each[Symbol.asyncDispose]();
  };
  function bench(
    host: Pick<ModelHost, 'url'>,
    change: Partial<CatalogueEntry> & { readonly sha256?: string | null } = {},
    deps: Partial<DownloadsDeps> = {},
    home = root,
  ): Bench {
    const { sha256 = null, ...rest } = change;
    const entry: CatalogueEntry = {
      id: 'tiny',
      title: 'Tiny',
      license: { name: 'MIT', url: null, mustAccept: false },
      bytes: modelBytes,
      parameters: 1e6,
      goodFor: 'tests',
      remote: { url: host.url, fileName: 'tiny.gguf', sha256, quantization: 'F32' },
      ...rest,
    };
    mkdirSync(home, { recursive: true });
    const catalogue = path.join(home, 'catalogue.json');
    writeFileSync(catalogue, JSON.stringify([entry]));
    const layout = layoutOf(home);
    const places = { layout, host: { ...currentHost(), env: { TUNESMITH_CATALOGUE: catalogue } } };
    const downloads = new Downloads({ places, validate: () => Promise.resolve(), limits, ...deps });
    open.push(downloads);
    const target = path.join(layout.models, 'tiny.gguf');
    const state = (): DownloadState => downloads.state(entry);
    return {
      downloads,
      target,
      part: `${target}.part`,
      entry,
      state,
      finish: async () => {
        downloads.start('tiny');
        await downloads.ended('tiny');
        return state();
      },
      received: async (bytes) => {
        await vi.waitFor(() => {
          const now = state();
          if (now.phase !== 'downloading' || now.receivedBytes < bytes) throw new Error(JSON.stringify(now));
        });
      },
    };
  }
  return {
    root,
    close,
    benchFor: bench,
    async hostWith(behaviour = {}) {
      const host = await openModelHost(behaviour.file ?? modelFile(), behaviour);
      open.push(host);
      return host;
    },
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
