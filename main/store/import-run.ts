import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatCommand } from '#common/domain/command-words.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { exampleSchema } from '#common/domain/example.ts';
import { datasetFile, runFolder, type DataLayout } from '../services/paths.ts';
import { requireSpace } from '../services/storage/free-space.ts';
import { writeError } from '../services/storage/write-error.ts';
import { openCapsule, type Capsule } from './capsule.ts';
import { adoptDataset } from './datasets.ts';
import { comparisonLine, insertRun, readRunDocument, sampleLine, type RunDocumentIn } from './import-document.ts';
import type { Store } from './store.ts';

export interface ImportedRun {
  readonly id: string;
  readonly title: string;
  /** The program that would judge answers, as it came with the file: it is never run before it was seen and allowed. */
  readonly checkProgram: boolean;
  /** False where the base model is not on this computer: the run can be read, and compared once it is there. */
  readonly hasBase: boolean;
}

export interface ImportRunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly completed: number; readonly total: number }) => void) | undefined;
}

/** Says that a run came from elsewhere. */
const marker = 'imported.json';

export function isImported(layout: DataLayout, run: string): boolean {
  return existsSync(path.join(runFolder(layout, run), marker));
}

/** What a person should know of a run's file before it is imported. */
export interface RunFileFacts {
  readonly title: string;
  readonly createdAt: number;
  readonly examples: number;
  readonly base: string;
  readonly baseBytes: number;
  /** Command line of the program that judged its answers. */
  readonly checkProgram: string | null;
  /** Its id, where a run of that id is here already. */
  readonly known: string | null;
}

/**
 * Reads what a file that `exportRun` wrote says of itself, keeps nothing and runs nothing. Throws as `importRun` does for what is no such file.
 */
export async function lookIntoRun({ db }: Store, file: string): Promise<RunFileFacts> {
  await using capsule = await openCapsule(file);
  const { id, title, createdAt, dataset, base, recipe } = await readRunDocument(capsule);
  const { check } = recipe;
  return {
    title,
    createdAt,
    examples: dataset.examples,
    base: base.name,
    baseBytes: base.bytes,
    checkProgram: check.kind === 'command' ? formatCommand([check.program, ...check.args]) : null,
    known: db.prepare('SELECT 1 FROM runs WHERE id = ?').get(id) === undefined ? null : id,
  };
}

/**
 * Takes a run that `exportRun` wrote into the record, with its data and adapter. The file is not trusted: names, sizes, shapes
 * and hashes are checked before anything of it is kept, and nothing of it is run.
 * Throws `file-corrupt`, `file-unsupported`, `bad-request` where the run is here already, `disk-full`.
 */
export async function importRun(store: Store, file: string, options: ImportRunOptions = {}): Promise<ImportedRun> {
  const { layout } = store;
  await using capsule = await openCapsule(file);
  const document = await readRunDocument(capsule);
  const { id } = document;
  const folder = runFolder(layout, id);
  const known = store.db.prepare('SELECT 1 FROM runs WHERE id = ?').get(id) !== undefined;
  if (known || existsSync(folder)) {
    throw new TunesmithError('bad-request', `The run ${id} (“${document.title}”) is here already.`, {
      advice: 'Delete the one that is here first, if you want the one of the file instead.',
    });
  }
  await requireSpace(layout.tmp, capsule.bytes, 'the imported run');
  const staging = await mkdtemp(path.join(layout.tmp, 'import-'));
  try {
    let completed = 0;
    const unpack = async (
      name: string,
    ): Promise<{ readonly path: string; readonly sha256: string; readonly bytes: number }> =>
      unpackEntry(capsule, name, staging, options.signal, (bytes) => {
        completed += bytes;
        options.onProgress?.({ completed, total: capsule.bytes });
      });
    const dataset = await unpack('dataset.jsonl');
    requireHash('dataset.jsonl', dataset.sha256, document.dataset.sha256);
    const rows = await countExamples(dataset.path);
    if (rows !== document.dataset.examples) {
      throw corrupt(`it speaks of ${document.dataset.examples} examples and holds ${rows}`);
    }
    const made = path.join(staging, 'run');
    await mkdir(made);
    if (capsule.names.has('held-out.jsonl')) {
      const heldOut = await unpack('held-out.jsonl');
      await countExamples(heldOut.path);
      await rename(heldOut.path, path.join(made, 'held-out.jsonl'));
    }
    for (const artifact of filesInside(document, capsule)) {
      const unpacked = await unpack(artifact.path);
      requireHash(artifact.path, unpacked.sha256, artifact.sha256);
      await rename(unpacked.path, path.join(made, artifact.path));
    }
    const samples = await readLines(capsule, 'samples.jsonl', sampleLine);
    const comparisons = await readLines(capsule, 'comparisons.jsonl', comparisonLine);
    await writeFile(path.join(made, marker), `${JSON.stringify({ at: store.now() })}\n`);
    options.signal?.throwIfAborted();
    // The folder first: a row without its files would be a lie, and a folder without a row is removed again below.
    const hadDataset = existsSync(datasetFile(layout, dataset.sha256));
    await rename(made, folder);
    try {
      const sources = document.dataset.sources.map(({ name, ...source }) => ({ path: name, ...source }));
      adoptDataset(store, { ...dataset, examples: rows, sources });
      const { hasBase } = insertRun(store, document, samples, comparisons);
      return { id, title: document.title, checkProgram: document.recipe.check.kind === 'command', hasBase };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (!hadDataset) forgetDataset(store, dataset.sha256);
      throw error;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error instanceof TunesmithError ? error : writeError(error, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function forgetDataset({ db }: Store, sha256: string): void {
  db.prepare(
    'DELETE FROM datasets WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset = datasets.sha256)',
  ).run(sha256);
}

/** Only adapters and Modelfiles travel; whatever else lies in the file is left there. */
function filesInside({ artifacts }: RunDocumentIn, { names }: Capsule): RunDocumentIn['artifacts'] {
  return artifacts.filter(({ kind, path: name }) => (kind === 'adapter' || kind === 'modelfile') && names.has(name));
}

async function unpackEntry(
  capsule: Capsule,
  name: string,
  folder: string,
  signal: AbortSignal | undefined,
  told: (bytes: number) => void,
): Promise<{ readonly path: string; readonly sha256: string; readonly bytes: number }> {
  // A name of our own: what the file calls its parts decides nothing about where they go.
  const target = path.join(folder, `part-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`);
  const hash = createHash('sha256');
  async function* counted(source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk as Buffer);
      told((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  }
  const source = await capsule.open(name);
  await pipeline(Readable.from(counted(source)), createWriteStream(target, { flags: 'wx', mode: 0o600 }), {
    ...(signal === undefined ? {} : { signal }),
  });
  return { path: target, sha256: hash.digest('hex'), bytes: (await stat(target)).size };
}

async function countExamples(file: string): Promise<number> {
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line === '') continue;
    count += 1;
    if (!exampleSchema.safeParse(parseJson(line)).success) throw corrupt(`row ${count} of its examples is none`);
  }
  return count;
}

async function readLines<T>(
  capsule: Capsule,
  name: string,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): Promise<readonly T[]> {
  if (!capsule.names.has(name)) return [];
  const rows: T[] = [];
  for await (const line of createInterface({ input: await capsule.open(name), crlfDelay: Infinity })) {
    if (line === '') continue;
    const parsed = schema.safeParse(parseJson(line));
    if (!parsed.success) throw corrupt(`line ${rows.length + 1} of ${name} cannot be read`);
    rows.push(parsed.data);
  }
  return rows;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function requireHash(name: string, found: string, wanted: string): void {
  if (found !== wanted) throw corrupt(`${name} is not what its hash says`);
}

function corrupt(why: string): TunesmithError {
  return new TunesmithError('file-corrupt', `This run cannot be imported: ${why}.`, {
    advice: 'Export it again where it was made. Nothing of it was kept.',
  });
}
