import fs from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';

/** Left alone on the person's disk, so that the system itself keeps working. */
const reserveBytes = 64e6;

/**
 * Bytes that may still be written on the disk that holds `target` (which need not exist yet); undefined where
 * the system does not say, as some network drives do not.
 */
export async function freeSpace(target: string): Promise<number | undefined> {
  let folder = path.resolve(target);
  for (;;) {
    try {
      // Numbers in bigint: blocks x size of a large disk is beyond what 32-bit fields of some systems hold.
      const stats = await fs.statfs(folder, { bigint: true });
      return stats.blocks === 0n ? undefined : Number(stats.bavail * stats.bsize);
    } catch {
      const parent = path.dirname(folder);
      if (parent === folder) return undefined;
      folder = parent;
    }
  }
}

/**
 * Refuses with `disk-full`, before any work, where `bytes` more would not fit on the disk of `target`.
 *
 * @param what the thing in the person's words, e.g. `the merged model`
 */
export async function requireSpace(target: string, bytes: number, what: string): Promise<void> {
  const free = await freeSpace(target);
  if (free === undefined || free >= bytes + reserveBytes) return;
  const usable = Math.max(0, free - reserveBytes);
  throw new TunesmithError(
    'disk-full',
    `There is not enough room for ${what}: it needs ${sizeInWords(bytes)}, and ${sizeInWords(usable)} are free at ${target}.`,
    {
      advice: `Free ${sizeInWords(bytes - usable)} or more, or choose a folder on another disk.`,
      retryable: true,
    },
  );
}

/** `12 MB`, `1.4 GB`: decimal units, as disks and downloads are sold. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
