import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { inWords } from './sqlite-errors.ts';
import { sqliteBinding } from './sqlite-binding.ts';

/**
 * Says to other processes that this one is alive: an SQLite file that it holds locked. The system frees the lock
 * when the process ends, however it ends, on all three platforms, and no reused process id can be mistaken for it.
 *
 * These files must never be opened by anything but SQLite: on POSIX, closing any other handle of a file drops the
 * process's locks on it.
 */
export interface ProcessLock extends Disposable {
  /** Names this process in the record: its id, for people, and random signs. */
  readonly token: string;
}

/** Takes a new lock in `folder`, which is made where it is missing. */
export function takeProcessLock(folder: string): ProcessLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const token = `${process.pid}-${randomBytes(6).toString('hex')}`;
    const file = lockFile(folder, token);
    const db = inWords(file, () => new Database(file, { timeout: 0, ...sqliteBinding() }));
    // Another process that tidies up may meet the file before it is locked: then it is taken away, and we try anew.
    if (lock(db) && existsSync(file)) {
      return {
        token,
        [Symbol.dispose]: () => {
          db.close();
          rmSync(file, { force: true });
        },
      };
    }
    db.close();
  }
}

/** True where the process that took this lock still runs. The file of one that does not is removed. */
export function isAlive(folder: string, token: string): boolean {
  // The token comes from the record and becomes a path.
  if (!isToken(token)) return false;
  const file = lockFile(folder, token);
  let db: Database.Database;
  try {
    db = new Database(file, { timeout: 0, fileMustExist: true, ...sqliteBinding() });
  } catch {
    // There, but not for us to open: more likely another person's process than a dead one.
    return existsSync(file);
  }
  const dead = lock(db);
  // While the lock is held nobody else can come to own this file. Windows removes no open file: hence again below.
  if (dead) removeIfPossible(file);
  db.close();
  if (dead) removeIfPossible(file);
  return !dead;
}

/** Process id inside a token, for messages. */
export function pidOf(token: string): string {
  return token.split('-')[0] ?? token;
}

/** Removes the files of processes that are gone. */
export function removeDeadLocks(folder: string): void {
  for (const name of readdirSync(folder)) {
    const { name: token, ext } = path.parse(name);
    if (ext === '.lock') isAlive(folder, token);
  }
}

/** False where another connection, of this or another process, holds it. */
function lock(db: Database.Database): boolean {
  try {
    // Nothing is ever written: no journal has to lie beside the file.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}

function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Somebody else has it open: they, or the next start, will remove it.
  }
}

function isToken(text: string): boolean {
  return /^\d+-[0-9a-f]{12}$/.test(text);
}

function lockFile(folder: string, token: string): string {
  return path.join(folder, `${token}.lock`);
}
