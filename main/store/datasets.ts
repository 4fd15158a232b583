import { copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { type Dataset, type DataSource } from '#common/domain/dataset.ts';
import { datasetFile } from '../services/paths.ts';
import { writeError } from '../services/storage/write-error.ts';
import { write, type Db } from './database.ts';
import type { Store } from './store.ts';

/** A data set that was just written somewhere: one JSON `Example` a line. */
export interface NewDataset {
  readonly path: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly bytes: number;
  readonly examples: number;
  readonly sources: readonly DataSource[];
}

/**
 * Takes a data set into the record and moves its file into the data folder, where it is named by its hash. One
 * that is there already is kept, and the new file removed. Returns the file's final path.
 */
export function adoptDataset(store: Store, dataset: NewDataset): string {
  const target = datasetFile(store.layout, dataset.sha256);
  // The file first: a row without a file would be a lie, a file without a row is only found again.
  // A file of another size is the rest of a crash or of somebody's hand.
  if (statSync(target, { throwIfNoEntry: false })?.size === dataset.bytes) {
    if (dataset.path !== target) rmSync(dataset.path, { force: true });
  } else moveFile(dataset.path, target);
  write(store.db, () => {
    const added = store.db
      .prepare('INSERT INTO datasets (sha256, examples, bytes, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(dataset.sha256, dataset.examples, dataset.bytes, store.now());
    if (added.changes === 0) return;
    const insert = store.db.prepare(
      'INSERT INTO dataset_sources (dataset, position, path, sha256, bytes, examples, rejected) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    for (const [position, source] of dataset.sources.entries()) {
      insert.run(dataset.sha256, position, source.path, source.sha256, source.bytes, source.examples, source.rejected);
    }
  });
  return target;
}

export function findDataset(db: Db, sha256: string): Dataset | undefined {
  const row = db
    .prepare<[string], { examples: number; bytes: number; created_at: number }>(
      'SELECT examples, bytes, created_at FROM datasets WHERE sha256 = ?',
    )
    .get(sha256);
  if (row === undefined) return undefined;
  const sources = db
    .prepare<[string], DataSource>(
      'SELECT path, sha256, bytes, examples, rejected FROM dataset_sources WHERE dataset = ? ORDER BY position',
    )
    .all(sha256);
  return { sha256, examples: row.examples, bytes: row.bytes, createdAt: row.created_at, sources };
}

/** A rename where both places are on one disk, else a copy that appears whole or not at all. */
function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw writeError(error, to);
    const partial = `${to}.${process.pid}.part`;
    try {
      copyFileSync(from, partial);
      renameSync(partial, to);
    } catch (copyError) {
      rmSync(partial, { force: true });
      throw writeError(copyError, to);
    }
    rmSync(from, { force: true });
  }
}
