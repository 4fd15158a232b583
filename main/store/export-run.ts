import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Host } from '#common/platform/host.ts';
import { datasetFile, runFolder } from '../services/paths.ts';
import { requireSpace } from '../services/storage/free-space.ts';
import { writeError } from '../services/storage/write-error.ts';
import { artifactFile } from './artifacts.ts';
import { samplesOf } from './figures.ts';
import { fileName, runDocument } from './run-document.ts';
import { runDetail } from './run-queries.ts';
import type { Store } from './store.ts';

export interface ExportOptions {
  readonly host: Host;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly completed: number; readonly total: number }) => void) | undefined;
}

export interface Exported {
  readonly path: string;
  readonly bytes: number;
  /** Names inside the file. */
  readonly entries: readonly string[];
}

/**
 * Writes a run as one zip file: `run.json` (recipe, hashes, figures), `samples.jsonl`, `comparisons.jsonl`,
 * `dataset.jsonl`, the held-out part of it, and its adapter and Modelfile where they are there. Large models are left out: base and adapter
 * make them again. No absolute path is inside. The file appears whole or not at all.
 */
export async function exportRun(store: Store, id: string, to: string, options: ExportOptions): Promise<Exported> {
  const { db, layout } = store;
  const run = runDetail(db, id);
  const folder = runFolder(layout, id);
  const dataset = datasetFile(layout, run.dataset.sha256);
  if (!existsSync(dataset)) {
    throw new TunesmithError('file-not-found', `The examples of run ${id} are missing (${dataset}).`, {
      advice: 'Import the same examples again; the run then finds them.',
    });
  }
  const files = run.artifacts
    .filter(({ kind }) => kind === 'adapter' || kind === 'modelfile')
    .map((artifact) => ({ name: fileName(artifact.path), file: artifactFile(folder, artifact) }))
    .filter(({ file }) => existsSync(file));
  const total = [dataset, ...files.map(({ file }) => file)].reduce((bytes, file) => bytes + statSync(file).size, 0);
  const target = path.resolve(to);
  await requireSpace(path.dirname(target), total, `the exported run`);

  const zip = new ZipFile();
  const mtime = new Date(run.updatedAt);
  const entries: string[] = [];
  const progress = counter(total, options.onProgress);
  const addText = (name: string, text: string): void => {
    entries.push(name);
    zip.addBuffer(Buffer.from(text), name, { mtime });
  };
  const addStream = (name: string, open: () => Readable, compress: boolean): void => {
    entries.push(name);
    zip.addReadStreamLazy(name, { mtime, compress }, (take) => {
      const source = open();
      source.on('error', (error) => take(error, source));
      take(null, source);
    });
  };
  const document = runDocument(db, id, [layout.root, options.host.home]);
  // What travels is the data without the paths of this machine: its hash is that of what is inside.
  const portable = { ...document, dataset: { ...document.dataset, sha256: await hashOfPortable(dataset) } };
  addText('run.json', `${JSON.stringify(portable, null, 2)}\n`);
  addText('samples.jsonl', jsonLines(samplesOf(db, id)));
  if (run.comparisons.length > 0) addText('comparisons.jsonl', jsonLines(run.comparisons));
  addStream('dataset.jsonl', () => Readable.from(portableExamples(dataset, progress)), true);
  const heldOut = path.join(folder, 'held-out.jsonl');
  if (existsSync(heldOut)) addStream('held-out.jsonl', () => Readable.from(portableExamples(heldOut, () => {})), true);
  // Weights do not compress: storing them is quick and lets other programs read them in place.
  for (const { name, file } of unique(files)) {
    addStream(name, () => Readable.from(counted(file, progress)), false);
  }
  zip.end();

  const partial = `${target}.${process.pid}.part`;
  try {
    // yazl reports what goes wrong with an entry on the archive, not on its output.
    const broken = new AbortController();
    zip.on('error', (error: unknown) => broken.abort(error));
    const signal = options.signal === undefined ? broken.signal : AbortSignal.any([options.signal, broken.signal]);
    await pipeline(zip.outputStream, createWriteStream(partial, { flush: true }), { signal }).catch(
      (error: unknown) => {
        throw broken.signal.aborted ? broken.signal.reason : error;
      },
    );
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw writeError(error, target);
  }
  return { path: target, bytes: (await stat(target)).size, entries };
}

async function hashOfPortable(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of portableExamples(file, () => {})) hash.update(line);
  return hash.digest('hex');
}

/** The examples with the file names of their sources only. */
async function* portableExamples(file: string, progress: (bytes: number) => void): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    progress(Buffer.byteLength(line) + 1);
    if (line === '') continue;
    const example = JSON.parse(line) as { source?: { file?: string } };
    if (typeof example.source?.file === 'string') example.source.file = fileName(example.source.file);
    yield `${JSON.stringify(example)}\n`;
  }
}

async function* counted(file: string, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    progress((chunk as Buffer).length);
    yield chunk as Buffer;
  }
}

function counter(total: number, report: ExportOptions['onProgress']): (bytes: number) => void {
  let completed = 0;
  return (bytes) => {
    completed += bytes;
    report?.({ completed, total });
  };
}

function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Two artifacts of one name (an adapter in the run's folder and its copy in `--out`) are one entry. */
function unique<T extends { readonly name: string }>(files: readonly T[]): readonly T[] {
  return [...new Map(files.map((file) => [file.name, file])).values()];
}
