import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { TunesmithError, type Failure } from '#common/domain/errors.ts';
import { applicationId, migrate, newestVersion, recordVersion } from './migrate.ts';
import { sqliteBinding } from './sqlite-binding.ts';
import { inWords, isDamage, sqliteError } from './sqlite-errors.ts';

export type Db = Database.Database;

/** Another process may hold the write lock for one transaction; none of ours takes longer than milliseconds. */
const busyTimeoutMs = 5000;

/**
 * Opens the record, making or migrating it as needed. A damaged file is never deleted and never stops the app:
 * it is kept aside under another name, a new record begins, and `onNotice` is told.
 * Throws `record-too-new` for a file of a newer Tunesmith (nothing is changed then).
 */
export function openDatabase(file: string, onNotice: (notice: Failure) => void, now: () => number): Db {
  try {
    return openChecked(file);
  } catch (error) {
    if (!isDamage(error)) throw sqliteError(error, file);
    const aside = setAside(file, now());
    onNotice({
      code: 'record-damaged',
      message: `The record of your runs was damaged and could not be read. It is kept as ${aside}, and a new one was begun.`,
      advice: `The files of your runs are untouched, in ${path.join(path.dirname(file), 'runs')}. Restore a backup of the record if you have one.`,
      retryable: false,
    });
    return inWords(file, () => openChecked(file));
  }
}

/** One transaction that will write. It takes the write lock at once, so that what it reads stays true until its end. */
export function write<T>(db: Db, work: () => T): T {
  return inWords(db.name, () => (db.inTransaction ? work() : db.transaction(work).immediate()));
}

/** Everything read inside belongs to one moment. */
export function read<T>(db: Db, work: () => T): T {
  return inWords(db.name, () => (db.inTransaction ? work() : db.transaction(work).deferred()));
}

function openChecked(file: string): Db {
  const db = new Database(file, { timeout: busyTimeoutMs, ...sqliteBinding() });
  try {
    // The first read of the file: what is no database fails here, before anything is changed.
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') {
      throw new Database.SqliteError('quick_check failed', 'SQLITE_CORRUPT');
    }
    refuseForeign(db);
    refuseNewer(db);
    db.pragma('journal_mode = WAL');
    // A commit is on the disk when it returns: a phase that was told to the person is never forgotten.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function refuseNewer(db: Db): void {
  const version = recordVersion(db);
  if (version <= newestVersion) return;
  throw new TunesmithError(
    'record-too-new',
    `The record of your runs (${db.name}) was made by a newer Tunesmith (version ${version} of its form, this one knows ${newestVersion}).`,
    { advice: 'Update Tunesmith, or choose another folder with TUNESMITH_HOME. Nothing was changed.' },
  );
}

/** A database that is whole but not our record counts as damage: it is in our record's place. */
function refuseForeign(db: Db): void {
  const empty = db.prepare('SELECT count(*) AS count FROM sqlite_schema').pluck().get() === 0;
  if (!empty && db.pragma('application_id', { simple: true }) !== applicationId) {
    throw new Database.SqliteError('not a record of Tunesmith', 'SQLITE_NOTADB');
  }
}

/** Renames the file and SQLite's own files beside it; they belong together. Returns the new name. */
function setAside(file: string, at: number): string {
  const stamp = new Date(at).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  const { dir, name, ext } = path.parse(file);
  let aside = path.join(dir, `${name}.damaged-${stamp}${ext}`);
  for (let copy = 2; existsSync(aside); copy += 1) {
    aside = path.join(dir, `${name}.damaged-${stamp}-${copy}${ext}`);
  }
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  }
  return aside;
}
