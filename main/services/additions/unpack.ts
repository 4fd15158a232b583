import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { list, type ReadEntry } from 'tar';
import type { Addition } from '#common/platform/additions.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { writeError } from '../storage/write-error.ts';

export interface UnpackDeps {
  readonly signal: AbortSignal;
  readonly tell: (done: number) => void;
}

/**
 * Takes the one library out of an npm archive and puts it into the folder under its own name, when it is what is pinned. No other entry of the
 * archive is looked at, and no name of it decides where something goes.
 *
 * @throws TunesmithError `download-damaged`, `disk-full`, `file-not-writable`; the signal's reason
 */
export async function unpackLibrary(
  archive: string,
  addition: Addition,
  folder: string,
  { signal, tell }: UnpackDeps,
): Promise<void> {
  const target = path.join(folder, addition.fileName);
  const part = `${target}.part`;
  const taking: Promise<string>[] = [];
  try {
    await list({
      file: archive,
      strict: true,
      // The entry waits until the file to write is open.
      noResume: true,
      filter: (name, entry) => name === addition.entry && 'type' in entry && entry.type === 'File',
      onReadEntry: (entry) => {
        taking.push(
          take(entry, part, addition.bytes, { signal, tell }).catch((error: unknown) => {
            entry.resume();
            throw error;
          }),
        );
      },
    }).catch((error: unknown) => {
      throw damaged(addition, error);
    });
    const [sha256] = await Promise.all(taking);
    if (taking.length !== 1 || sha256 !== addition.sha256) throw damaged(addition);
    await rename(part, target);
  } catch (error) {
    await Promise.allSettled(taking);
    await rm(part, { force: true });
    signal.throwIfAborted();
    throw error instanceof TunesmithError ? error : writeError(error, target);
  }
}

/** Writes the entry, no more than `most` bytes of it, and resolves with its SHA-256. */
async function take(entry: ReadEntry, to: string, most: number, { signal, tell }: UnpackDeps): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  await using file = await open(to, 'w', 0o600);
  for await (const chunk of entry) {
    signal.throwIfAborted();
    done += chunk.length;
    if (done > most) break;
    hash.update(chunk);
    await file.appendFile(chunk);
    tell(done);
  }
  await file.sync();
  return hash.digest('hex');
}

function damaged({ packageName }: Addition, cause?: unknown): TunesmithError {
  return new TunesmithError('download-damaged', `${packageName} does not hold the library that it should.`, {
    advice: 'Look for a newer Tunesmith. Nothing of it was kept.',
    ...(cause === undefined ? {} : { cause }),
  });
}
