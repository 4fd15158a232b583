import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';

/**
 * What the system says when something under `target` cannot be made or written, in words. Errors of ours and
 * those that have nothing to do with writing come back as they are.
 */
export function writeError(thrown: unknown, target: string): unknown {
  if (thrown instanceof TunesmithError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new TunesmithError('disk-full', `The disk is full: ${target} could not be written.`, {
        advice: 'Free some space (old runs can be deleted with "tunesmith runs delete"), then try again.',
        retryable: true,
        cause: thrown,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TunesmithError('file-not-writable', `${target} may not be written.`, {
        advice: `Check the permissions of ${path.dirname(target)}, or choose another place (TUNESMITH_HOME moves all of Tunesmith's own files).`,
        cause: thrown,
      });
    case 'ENOTDIR':
    case 'EEXIST':
      return new TunesmithError('file-not-writable', `${target} cannot be a folder: a file is in the way.`, {
        advice: 'Move that file away, or choose another place.',
        cause: thrown,
      });
    case 'ENOENT':
      return new TunesmithError('file-not-writable', `${target} could not be made: its folder is not there.`, {
        advice: 'Check that the disk or network share is connected, or choose another place.',
        cause: thrown,
      });
    default:
      return thrown;
  }
}
