import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from '#common/domain/dataset.ts';
import { readFiles, type ReaderClient } from '../../services/importing/reader.ts';
import type { Correction, ImportProgress, ImportReport } from '../../services/importing/report.ts';
import { adoptDataset } from '../../store/datasets.ts';
import { rememberedSha256 } from '../../store/file-sha256.ts';
import type { Store } from '../../store/store.ts';

export interface ImportDeps {
  readonly reader: ReaderClient;
  /** Folder for unfinished files. */
  readonly tmpFolder: string;
  readonly correction?: Correction;
  readonly examine?: boolean;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

/** An imported data set that nothing else knows of yet. Disposing removes its file unless it was adopted. */
export interface Imported extends AsyncDisposable {
  readonly report: ImportReport;
  /** One JSON `Example` a line. */
  readonly path: string;
  /** Takes the data set into the record. */
  adopt(store: Store): Promise<{ readonly sha256: string; readonly path: string }>;
}

/** Reads files and folders of any known format. Throws `data-empty` where nothing in them is an example. */
export async function importDataset(files: readonly string[], deps: ImportDeps): Promise<Imported> {
  const outPath = path.join(deps.tmpFolder, `import-${randomUUID()}.jsonl`);
  const report = await readFiles(deps.reader, {
    paths: files.map((file) => path.resolve(file)),
    outPath,
    correction: deps.correction ?? {},
    examine: deps.examine ?? true,
    onProgress: deps.onProgress,
    signal: deps.signal,
  });
  return {
    report,
    path: outPath,
    adopt: async (store) => {
      const sources = await sourcesOf(report, store, deps.signal);
      const { sha256, bytes, examples } = report;
      return { sha256, path: adoptDataset(store, { path: outPath, sha256, bytes, examples, sources }) };
    },
    [Symbol.asyncDispose]: () => rm(outPath, { force: true }),
  };
}

async function sourcesOf(report: ImportReport, store: Store, signal?: AbortSignal): Promise<DataSource[]> {
  const sources: DataSource[] = [];
  for (const { file, examples, rejected } of report.files) {
    const { size } = await stat(file);
    const sha256 = await rememberedSha256(store.db, file, signal === undefined ? {} : { signal });
    sources.push({ path: file, sha256, bytes: size, examples, rejected });
  }
  return sources;
}
