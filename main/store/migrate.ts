import type Database from 'better-sqlite3';
import { TunesmithError } from '#common/domain/errors.ts';
import { migrations, type Migration } from './migrations/index.ts';

/** "TUNE" in ASCII, in the file's header: tells our record from any other SQLite file. */
export const applicationId = 0x54_55_4e_45;

export const newestVersion = migrations.at(-1)?.version ?? 0;

/** Version of the record's form; 0 for a new file. */
export function recordVersion(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Brings the record to the newest form: each step in a transaction of its own, so that a crash leaves a whole
 * older or a whole newer record. Two processes may start at once: the lock lets one do it, the other finds it done.
 */
export function migrate(db: Database.Database, steps: readonly Migration[] = migrations): void {
  for (const step of steps) {
    if (recordVersion(db) >= step.version) continue;
    db.transaction(() => {
      const version = recordVersion(db);
      if (version >= step.version) return;
      if (version !== step.version - 1) {
        throw new TunesmithError('internal', `No way from version ${version} of the record to ${step.version}.`);
      }
      db.exec(step.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${step.version}`);
    }).exclusive();
  }
}
