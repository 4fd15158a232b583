import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';

const partBytes = 4 * 2 ** 20;

/**
 * Writes a file so that the path holds either the old content or all of the new: everything goes to a `.partial`
 * neighbour, which reaches the disk before it takes the name. Leaves no neighbour behind when it fails.
 */
export async function writeAtomically(filePath: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  await replaceAtomically(filePath, async (partial) => {
    await using handle = await open(partial, 'w');
    await write(handle);
  });
}

/** The same for a writer that wants a path, or a copy of another file. */
export async function replaceAtomically(
  filePath: string,
  write: (partialPath: string) => Promise<unknown>,
): Promise<void> {
  const partial = `${filePath}.partial`;
  try {
    await write(partial);
    await flushToDisk(partial, 'r+');
    await rename(partial, filePath);
    await flushFolder(path.dirname(filePath));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw describeWriteError(error, filePath);
  }
}

export async function copyAtomically(from: string, to: string): Promise<void> {
  await replaceAtomically(to, (partial) => copyFile(from, partial));
}

/** Size and SHA-256 (hex) of a file, read in parts. */
export async function measureFile(filePath: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await using handle = await open(filePath, 'r');
  const part = Buffer.allocUnsafe(partBytes);
  for (;;) {
    const { bytesRead } = await handle.read(part, 0, part.length);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    hash.update(part.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** Views of at most 4 MiB over some bytes: one part never holds up the event loop for long. */
export function* inParts(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += partBytes) yield bytes.subarray(start, start + partBytes);
}

async function flushToDisk(filePath: string, flags: 'r' | 'r+'): Promise<void> {
  await using handle = await open(filePath, flags);
  await handle.sync();
}

/** Makes the new name itself durable. Windows cannot open folders for this and needs no such step. */
async function flushFolder(folder: string): Promise<void> {
  await flushToDisk(folder, 'r').catch(() => undefined);
}

function describeWriteError(error: unknown, filePath: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const folder = path.dirname(filePath);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TunesmithError('disk-full', `There is not enough room on the disk to save ${filePath}.`, {
      advice: 'Free some space and resume the run: it goes on from the version that was saved before.',
      retryable: true,
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR') {
    return new TunesmithError('file-not-writable', `Tunesmith may not write in the folder ${folder}.`, {
      advice: 'Check that the folder exists and that you may write in it, then resume the run.',
      cause: error,
    });
  }
  return error;
}
