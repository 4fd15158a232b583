import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { requireSpace } from '../../services/storage/free-space.ts';
import { writeError } from '../../services/storage/write-error.ts';

/** Keeps the body of a request as a file of that name, in a folder of its own; returns its path. Whole or not at all. */
export async function keepUpload(request: IncomingMessage, tmpFolder: string, name: string): Promise<string> {
  const folder = path.join(tmpFolder, 'uploads', randomUUID());
  const file = path.join(folder, safeName(name));
  try {
    await requireSpace(tmpFolder, Number(request.headers['content-length'] ?? 0), 'the file');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await pipeline(request, createWriteStream(file, { flags: 'wx' }));
    return file;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw writeError(error, file);
  }
}

/** One part of a path, whatever was sent. */
export function safeName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const cleaned = last
    .replaceAll(/[^\p{L}\p{N}._ ()-]/gu, '_')
    .replace(/^\.+/, '')
    .slice(-120);
  return cleaned === '' ? 'file' : cleaned;
}
