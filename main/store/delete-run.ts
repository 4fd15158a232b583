import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { isActive } from '#common/domain/run.ts';
import { datasetFile, runFolder, type DataLayout } from '../services/paths.ts';
import { writeError } from '../services/storage/write-error.ts';
import { artifactFile, artifactsOf, installedModels } from './artifacts.ts';
import { write, type Db } from './database.ts';
import { isAlive } from './process-lock.ts';
import { requireFree } from './run-owner.ts';
import { readRunRow } from './run-rows.ts';
import type { Store } from './store.ts';

export interface Deleted {
  /** Disk space that is free again. */
  readonly freedBytes: number;
  /** Files the run had made outside the data folder (`--out`): they are the person's and stay. */
  readonly keptFiles: readonly string[];
  /** Models that still stand in Ollama. */
  readonly stillInstalled: readonly string[];
}

/**
 * Deletes a run: its part of the record, its folder, and its data set where no other run uses it. Nothing
 * outside the data folder is touched. Throws `run-busy` while the run is at work, `run-not-found`.
 */
export async function deleteRun(store: Store, id: string): Promise<Deleted> {
  const { db, layout } = store;
  const folder = runFolder(layout, id);
  requireResting(store, id);
  const folderBytes = await sizeOf(folder);
  // Moved away first, in one step: whatever happens after, no half a folder is left under the run's name.
  const trash = path.join(layout.tmp, `deleted-${id}-${store.owner}`);
  const moved = isThere(folder);
  if (moved) move(folder, trash);
  let forgotten: Forgotten;
  try {
    forgotten = write(db, () => {
      requireResting(store, id);
      return forget(store, id);
    });
  } catch (error) {
    if (moved) move(trash, folder);
    throw error;
  }
  const unused = forgotten.unusedDataset;
  const dataset = unused === undefined ? undefined : datasetFile(layout, unused);
  const datasetBytes = dataset === undefined ? 0 : await sizeOf(dataset);
  // Links are removed, never followed.
  rmSync(trash, { recursive: true, force: true });
  if (dataset !== undefined) rmSync(dataset, { force: true });
  return {
    freedBytes: folderBytes + datasetBytes,
    keptFiles: forgotten.keptFiles,
    stillInstalled: forgotten.stillInstalled,
  };
}

/**
 * Ends deletions that were cut short by a crash: the folder of a run that is still in the record goes back to its
 * place, the others go. Deletions of live processes are left alone.
 */
export function sweepDeletions(db: Db, layout: DataLayout, lockFolder: string): void {
  for (const name of readdirSync(layout.tmp)) {
    const [, id, owner] = /^deleted-(\d{6}-\d{6}-\w{3})-(\d+-[0-9a-f]{12})$/.exec(name) ?? [];
    if (id === undefined || owner === undefined || isAlive(lockFolder, owner)) continue;
    const trash = path.join(layout.tmp, name);
    const kept = db.prepare('SELECT 1 FROM runs WHERE id = ?').get(id) !== undefined;
    if (kept && !isThere(runFolder(layout, id))) move(trash, runFolder(layout, id));
    else rmSync(trash, { recursive: true, force: true });
  }
}

function requireResting({ db, lockFolder, owner, now }: Store, id: string): void {
  write(db, () => requireFree(db, lockFolder, owner, id, now()));
  if (isActive(readRunRow(db, id).state)) {
    throw new TunesmithError('run-busy', `Run ${id} is at work.`, { advice: 'Stop it first, then delete it.' });
  }
}

interface Forgotten {
  readonly keptFiles: readonly string[];
  readonly stillInstalled: readonly string[];
  readonly unusedDataset: string | undefined;
}

function forget({ db, layout }: Store, id: string): Forgotten {
  const folder = runFolder(layout, id);
  const keptFiles = artifactsOf(db, id)
    .filter((artifact) => path.isAbsolute(artifact.path))
    .map((artifact) => artifactFile(folder, artifact))
    .filter((file) => existsSync(file));
  const stillInstalled = installedModels(db, id).map((model) => model.name);
  const { dataset, recipe } = db
    .prepare<[string], { dataset: string; recipe: string }>('DELETE FROM runs WHERE id = ? RETURNING dataset, recipe')
    .get(id) as { dataset: string; recipe: string };
  const unused = db.prepare(
    'DELETE FROM datasets WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset = datasets.sha256)',
  );
  const unusedDataset = unused.run(dataset).changes === 1 ? dataset : undefined;
  db.prepare(
    'DELETE FROM recipes WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM runs WHERE recipe = recipes.sha256)',
  ).run(recipe);
  return { keptFiles, stillInstalled, unusedDataset };
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    throw writeError(error, from);
  }
}

function isThere(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false }) !== undefined;
}

/** Bytes of a file or of all files below a folder; links count as nothing. */
async function sizeOf(place: string): Promise<number> {
  const stats = await lstat(place).catch(() => undefined);
  if (stats === undefined) return 0;
  if (stats.isFile()) return stats.size;
  if (!stats.isDirectory()) return 0;
  let bytes = 0;
  for (const name of await readdir(place)) bytes += await sizeOf(path.join(place, name));
  return bytes;
}
