import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileSha256, type BlobOptions } from '../services/ollama/blobs.ts';
import { knownHash, rememberHash, type FileState } from './bases.ts';
import type { Db } from './database.ts';

/**
 * SHA-256 of a large file, from the record where the file has not changed since it was last read. Throws
 * `file-not-found` or `file-not-readable`.
 */
export async function rememberedSha256(db: Db, file: string, options: BlobOptions = {}): Promise<string> {
  const absolute = path.resolve(file);
  const before = await stateOf(absolute);
  const known = before === undefined ? undefined : knownHash(db, before);
  if (known !== undefined) return known;
  const sha256 = await fileSha256(absolute, options);
  const after = await stateOf(absolute);
  // A file that changed under the reader has no one hash worth remembering.
  const unchanged = before?.bytes === after?.bytes && before?.modifiedAt === after?.modifiedAt;
  if (after !== undefined && unchanged) rememberHash(db, after, sha256);
  return sha256;
}

async function stateOf(file: string): Promise<FileState | undefined> {
  const stats = await stat(file).catch(() => undefined);
  return stats === undefined ? undefined : { path: file, bytes: stats.size, modifiedAt: Math.round(stats.mtimeMs) };
}
