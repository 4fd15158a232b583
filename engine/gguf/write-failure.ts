import fs from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';

/** Turns what the system says when a file cannot be written into words. Errors of ours pass through. */
export async function writeFailure(target: string, neededBytes: number, thrown: unknown): Promise<unknown> {
  if (thrown instanceof TunesmithError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  const folder = path.dirname(target);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return diskFull(target, neededBytes, code === 'ENOSPC' ? await freeBytes(folder) : undefined, thrown);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TunesmithError('file-not-writable', `${target} may not be written.`, {
        advice: `Check the permissions of ${folder}, close programs that use the file, or choose another folder.`,
        cause: thrown,
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new TunesmithError('file-not-writable', `There is no folder ${folder}.`, {
        advice: 'Create the folder first, or choose another one.',
        cause: thrown,
      });
    case 'EISDIR':
    case 'EEXIST':
      return new TunesmithError('file-not-writable', `${target} is a folder.`, {
        advice: 'Choose a file name.',
        cause: thrown,
      });
    case 'EBUSY':
      return new TunesmithError('file-not-writable', `${target} is in use by another program.`, {
        advice: 'Close the program that uses it, then try again.',
        retryable: true,
        cause: thrown,
      });
    case undefined:
      return thrown;
    default:
      return new TunesmithError('file-not-writable', `${target} could not be written (${code}).`, { cause: thrown });
  }
}

/** Refuses with `disk-full` before any work where the disk cannot hold what is about to be written. */
export async function checkFreeBytes(target: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(path.dirname(target));
  if (free !== undefined && free < neededBytes) throw diskFull(target, neededBytes, free);
}

/** Free bytes of the disk that holds the folder; undefined where the system does not say. */
async function freeBytes(folder: string): Promise<number | undefined> {
  const stats = await fs.statfs(folder).catch(() => undefined);
  return stats === undefined || stats.blocks === 0 ? undefined : stats.bavail * stats.bsize;
}

function diskFull(target: string, neededBytes: number, free: number | undefined, cause?: unknown): TunesmithError {
  const has = free === undefined ? '' : `, and ${megabytes(free)} are free`;
  return new TunesmithError(
    'disk-full',
    `There is not enough room for ${target}: it needs ${megabytes(neededBytes)}${has}.`,
    { advice: 'Free some space or choose a folder on another disk. Nothing was left behind.', retryable: true, cause },
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
