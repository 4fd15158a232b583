import { TunesmithError } from '#common/domain/errors.ts';
import { isActive } from '#common/domain/run.ts';
import { advance } from '#common/domain/run-advance.ts';
import { write, type Db } from './database.ts';
import { isAlive, pidOf } from './process-lock.ts';
import { readRunRow, writeRunState } from './run-rows.ts';

/**
 * Marks every run as `interrupted` that is at work by the record while no process works on it any more. A live
 * run of another process (the app and the command line may be open at once) is not touched. Returns their ids.
 */
export function interruptAbandonedRuns(db: Db, lockFolder: string, at: number): readonly string[] {
  return write(db, () => {
    const active = db
      .prepare<[], { id: string; owner: string | null }>(
        `SELECT id, owner FROM runs WHERE phase IN ('queued', 'preparing', 'training', 'quantizing', 'installing', 'comparing')`,
      )
      .all();
    const abandoned = active.filter(({ owner }) => owner === null || !isAlive(lockFolder, owner));
    for (const { id } of abandoned) {
      writeRunState(db, id, advance(readRunRow(db, id).state, { type: 'interrupt', at }), null, at);
    }
    return abandoned.map(({ id }) => id);
  });
}

/** Refuses with `run-busy` where another live process works on the run; a dead one's run becomes `interrupted`. */
export function requireFree(db: Db, lockFolder: string, owner: string, id: string, at: number): void {
  const row = readRunRow(db, id);
  if (!isActive(row.state) || row.owner === owner) return;
  if (row.owner !== null && isAlive(lockFolder, row.owner)) {
    throw new TunesmithError('run-busy', `Another Tunesmith (process ${pidOf(row.owner)}) is working on run ${id}.`, {
      advice: 'Wait until it is done, or stop it there first.',
      retryable: true,
    });
  }
  writeRunState(db, id, advance(row.state, { type: 'interrupt', at }), null, at);
}
