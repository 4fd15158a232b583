import { TunesmithError } from '#common/domain/errors.ts';

/** What an aborted signal and a failing disk throw becomes the app's own words for it. */
export function asImportFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new TunesmithError('cancelled', 'The work was cancelled. Nothing was changed.', { retryable: true });
  }
  if ('syscall' in error && 'code' in error) {
    return new TunesmithError('file-not-readable', `A file could not be read to its end (${String(error.code)}).`, {
      advice: 'Check the disk or the network drive it lies on, then try again.',
      cause: error,
    });
  }
  return error;
}
