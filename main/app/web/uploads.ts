import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { requireSpace } from '../../services/storage/free-space.ts';
import { writeError } from '../../services/storage/write-error.ts';

/** Keeps the body of a request as a file; returns its path. Whole or not at all. Files of one group lie together. */
export async function keepUpload(
  request: IncomingMessage,
  tmpFolder: string,
  place: string,
  group: string | null,
): Promise<string> {
  const folder = path.join(tmpFolder, 'uploads', group !== null && isUuid.test(group) ? group : randomUUID());
  const file = path.join(folder, ...place.split(/[\\/]/).slice(-mostDepth).map(safeName));
  try {
    await requireSpace(tmpFolder, Number(request.headers['content-length'] ?? 0), 'the file');
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await pipeline(request, createWriteStream(file, { flags: 'wx' }));
    return file;
  } catch (error) {
    if (!isTaken(error)) await rm(file, { force: true });
    throw writeError(error, file);
  }
}

const isUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const mostDepth = 12;

/** Another file of the group has this very place; it stays as it is. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
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
