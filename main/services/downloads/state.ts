import type { Failure } from '#common/domain/errors.ts';
import type { Partial } from './partial.ts';
import type { Rate } from './rate.ts';
import type { Progress } from './transfer.ts';

/** A download that is not all here. */
export type UnfinishedDownload =
  | { readonly phase: 'absent'; readonly failure: Failure | null }
  | {
      readonly phase: 'paused';
      readonly receivedBytes: number;
      readonly totalBytes: number | null;
      /** Why it stopped; null where the person stopped it, or the app ended. */
      readonly failure: Failure | null;
    }
  | {
      readonly phase: 'downloading';
      readonly receivedBytes: number;
      readonly totalBytes: number | null;
      readonly bytesPerSecond: number | null;
      readonly etaSeconds: number | null;
    }
  | { readonly phase: 'checking'; readonly checkedBytes: number; readonly totalBytes: number };

/** Where one stands that goes on. */
export function ongoing({ progress, rate }: { readonly progress: Progress; readonly rate: Rate }): UnfinishedDownload {
  if (progress.phase === 'checking') return progress;
  const bytesPerSecond = rate.get();
  const left = progress.totalBytes === null ? null : progress.totalBytes - progress.receivedBytes;
  const etaSeconds = bytesPerSecond === null || bytesPerSecond < 1 || left === null ? null : left / bytesPerSecond;
  return { ...progress, bytesPerSecond, etaSeconds };
}

/** Where one stands that does not: by what lies on the disk of it, if anything. */
export function resting(partial: Partial | undefined, failure: Failure | null): UnfinishedDownload {
  const there = partial?.read();
  if (there === undefined) return { phase: 'absent', failure };
  const { receivedBytes, record } = there;
  return { phase: 'paused', receivedBytes, totalBytes: record.totalBytes, failure };
}
