import path from 'node:path';
import type { Failure } from '#common/domain/errors.ts';
import type { DataLayout } from '../services/paths.ts';
import { openDatabase, type Db } from './database.ts';
import { sweepDeletions } from './delete-run.ts';
import { removeDeadLocks, takeProcessLock } from './process-lock.ts';
import { interruptAbandonedRuns } from './run-owner.ts';

/**
 * The opened record, with this process's claim on the runs it works on. Queries take `db` alone; what changes a
 * run takes the store. Dispose it before the process ends.
 */
export interface Store extends Disposable {
  readonly db: Db;
  readonly layout: DataLayout;
  /** Token of this process: owner of the runs it works on. */
  readonly owner: string;
  readonly lockFolder: string;
  readonly now: () => number;
  /** Runs whose process was found dead when the record was opened. */
  readonly interrupted: readonly string[];
}

export interface StoreOptions {
  /** Told what the person should know although the app goes on, e.g. that a damaged record was kept aside. */
  readonly onNotice: (notice: Failure) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Opens the record in a data folder that `openDataFolder` has prepared. Throws errors in words. */
export function openStore(layout: DataLayout, { onNotice, now = Date.now }: StoreOptions): Store {
  const db = openDatabase(layout.database, onNotice, now);
  try {
    const lockFolder = path.join(layout.root, 'locks');
    const lock = takeProcessLock(lockFolder);
    const interrupted = interruptAbandonedRuns(db, lockFolder, now());
    sweepDeletions(db, layout, lockFolder);
    removeDeadLocks(lockFolder);
    return {
      db,
      layout,
      owner: lock.token,
      lockFolder,
      now,
      interrupted,
      [Symbol.dispose]: () => {
        db.close();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
