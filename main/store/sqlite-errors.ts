import Database from 'better-sqlite3';
import { TunesmithError } from '#common/domain/errors.ts';

/** Runs `work` on the record; what SQLite has to say comes out in words. Other errors pass as they are. */
export function inWords<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error, file);
  }
}

export function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code);
}

export function sqliteError(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const cause = thrown;
  if (isDamage(thrown)) {
    return new TunesmithError('record-damaged', `The record of your runs (${file}) is damaged.`, {
      advice: 'Start Tunesmith again: it keeps the damaged file aside and begins a new record.',
      cause,
    });
  }
  // Extended codes (SQLITE_IOERR_WRITE) begin with the primary one.
  switch (/^SQLITE_[A-Z]+/.exec(thrown.code)?.[0]) {
    case 'SQLITE_FULL':
      return new TunesmithError(
        'disk-full',
        `The disk is full: the record of your runs (${file}) could not be written.`,
        {
          advice: 'Free some space (old runs can be deleted with "tunesmith runs delete"), then try again.',
          retryable: true,
          cause,
        },
      );
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new TunesmithError('file-not-writable', `The record of your runs (${file}) may not be written.`, {
        advice: 'Check the permissions of its folder, or choose another one with TUNESMITH_HOME.',
        cause,
      });
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new TunesmithError(
        'run-busy',
        'The record of your runs is in use by another Tunesmith, which does not let go of it.',
        {
          advice: 'Wait a moment and try again; if it stays so, close the other Tunesmith.',
          retryable: true,
          cause,
        },
      );
    case 'SQLITE_IOERR':
      return new TunesmithError(
        'file-not-readable',
        `The disk failed while the record of your runs (${file}) was used (${thrown.code}).`,
        {
          advice: 'Check that the disk has room and is connected, then try again.',
          retryable: true,
          cause,
        },
      );
    default:
      return thrown;
  }
}
