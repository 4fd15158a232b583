import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { toFailure } from '#common/domain/errors.ts';
import { readJson, writeJson } from '../storage/json-file.ts';

/** What is known of a download that has begun. How much of it is there, the file itself says. */
const recordSchema = z.object({
  url: z.string(),
  /** Null until the host has answered. */
  totalBytes: z.number().nullable(),
  etag: z.string().nullable(),
  /** What the whole file must be, in hexadecimal. */
  digest: z.string(),
  /** The process that is at it. */
  owner: z.string().nullable(),
});
export type PartialRecord = z.infer<typeof recordSchema>;

/** The unfinished file of a download and its record, beside the place of the finished one. */
export interface Partial {
  readonly path: string;
  /** Undefined where there is nothing to go on with. */
  read(): { readonly record: PartialRecord; readonly receivedBytes: number } | undefined;
  write(record: PartialRecord): void;
  remove(): void;
}

export function partialOf(target: string): Partial {
  const file = `${target}.part`;
  const recordFile = `${file}.json`;
  return {
    path: file,
    read() {
      const record = readJson(recordFile, recordSchema);
      if (record === undefined) return undefined;
      return { record, receivedBytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
    },
    write: (record) => writeJson(recordFile, record),
    remove() {
      rmSync(file, { force: true });
      rmSync(recordFile, { force: true });
    },
  };
}

/** Where locks of downloading processes lie. */
export function lockFolder(modelsFolder: string): string {
  return path.join(modelsFolder, 'locks');
}

/** Another process may go on with it now. On a full disk that has to wait until this one ends. */
export function release(partial: Partial): void {
  const there = partial.read();
  if (there === undefined) return;
  try {
    partial.write({ ...there.record, owner: null });
  } catch (error) {
    if (toFailure(error).code !== 'disk-full') throw error;
  }
}
