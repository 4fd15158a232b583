import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TunesmithError } from '#common/domain/errors.ts';
import type { OllamaServer } from './client.ts';
import { OllamaRefusal } from './errors.ts';
import { errorText, send, upload } from './http.ts';

export interface BlobOptions {
  /** Bytes done of the file's total. */
  readonly onProgress?: (completed: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
  /** Longest time the server may take no byte before it counts as gone. */
  readonly stallMs?: number;
}

const usualStallMs = 120_000;

/** SHA-256 of a file as 64 lower-case hexadecimal digits, read in pieces. */
export async function fileSha256(path: string, options: BlobOptions = {}): Promise<string> {
  const total = await fileBytes(path);
  const hash = createHash('sha256');
  await pipeline(readCounted(path, total, options), hash, options.signal ? { signal: options.signal } : {});
  return hash.digest('hex');
}

/** Size of a file to install. @throws TunesmithError `file-not-found` or `file-not-readable` */
export async function fileBytes(path: string): Promise<number> {
  const found = await stat(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') {
      throw new TunesmithError('file-not-found', `There is no file ${path}.`, {
        advice: 'Check the name and the folder.',
      });
    }
    throw new TunesmithError('file-not-readable', `${path} cannot be read (${thrown.message}).`, { cause: thrown });
  });
  if (!found.isFile()) throw new TunesmithError('file-not-readable', `${path} is not a file.`);
  return found.size;
}

/**
 * Hands a file to the server under its digest; returns false where the server has it already, without sending anything. A cut
 * upload leaves nothing that counts: calling again starts anew.
 * @throws OllamaRefusal, or whatever breaks a connection; see `ollamaError`
 */
export async function uploadBlob(
  server: OllamaServer,
  path: string,
  sha256: string,
  options: BlobOptions = {},
): Promise<boolean> {
  const blob = `/api/blobs/sha256:${sha256}`;
  const { signal } = options;
  const head = await send(server.address, { method: 'HEAD', path: blob, signal });
  head.resume();
  if (head.statusCode === 200) return false;
  const total = await fileBytes(path);
  const { status, text } = await upload(server.address, {
    method: 'POST',
    path: blob,
    headers: { 'content-type': 'application/octet-stream', 'content-length': total },
    body: readCounted(path, total, options),
    stallMs: options.stallMs ?? usualStallMs,
    signal,
  });
  if (status !== 200 && status !== 201) throw new OllamaRefusal(status, errorText(text));
  return true;
}

/** A file's bytes, counted as they pass. A file that shrinks meanwhile ends early, and the server sees a cut request. */
function readCounted(path: string, total: number, { onProgress }: BlobOptions): Transform {
  let completed = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      completed += chunk.length;
      onProgress?.(completed, total);
      done(null, chunk);
    },
  });
  const source = createReadStream(path, { highWaterMark: 1 << 20, end: Math.max(0, total - 1) });
  pipeline(source, counted).catch((thrown: Error) => counted.destroy(thrown));
  return counted;
}
