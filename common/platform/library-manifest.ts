/**
 * The native libraries of the packaged app are written down when it is packaged, and compared before they are loaded: a file
 * that a broken disk, a half-done update or a virus scanner changed would end the process with no word of why.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { TunesmithError } from '../domain/errors.ts';

export const libraryManifestSchema = z.object({
  schema: z.literal(1),
  platform: z.string(),
  arch: z.string(),
  /** Release of llama.cpp that the libraries are of, e.g. `v0.5.0`. */
  llamaCpp: z.string(),
  /** Version of the packages that they were taken from. */
  nodeLlamaCpp: z.string(),
  /** By path below `resources/bin`, with `/` on every system. */
  files: z.record(z.string(), z.object({ bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

export type LibraryManifest = z.output<typeof libraryManifestSchema>;

/** Lies beside package.json, inside the archive whose own hash the app checks. */
export const libraryManifestFile = 'libraries.json';

/** Throws `installation-damaged` where there is none that can be read. */
export function readLibraryManifest(file: string): LibraryManifest {
  try {
    return libraryManifestSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (cause) {
    throw damaged(`The list of the libraries that came with Tunesmith cannot be read (${path.basename(file)}).`, cause);
  }
}

/**
 * Compares the files below `folder` with the manifest. `size` looks at names and sizes only (a millisecond), `content` reads
 * all bytes. Throws `installation-damaged`, which names the file.
 */
export function checkLibraries(folder: string, manifest: LibraryManifest, depth: 'size' | 'content'): void {
  const present = new Set(filesBelow(folder));
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const file = path.join(folder, name);
    if (!present.delete(name)) throw damaged(`A file that came with Tunesmith is missing: ${file}.`);
    const found = fs.statSync(file).size;
    if (found !== bytes) throw damaged(`A file that came with Tunesmith has ${found} bytes, not ${bytes}: ${file}.`);
    if (depth === 'content' && hashOfFile(file) !== sha256) {
      throw damaged(`A file that came with Tunesmith was changed since: ${file}.`);
    }
  }
  // llama.cpp loads whatever looks like a backend in its folder.
  for (const name of present)
    throw damaged(`A file that did not come with Tunesmith lies among its libraries: ${path.join(folder, name)}.`);
}

/** Names of all files, relative, with `/`. Nothing where there is no such folder. */
export function filesBelow(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

/** SHA-256 in hexadecimal. In pieces: a quarter of a second for all libraries of Linux x64. */
export function hashOfFile(file: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1 << 20);
  const handle = fs.openSync(file, 'r');
  try {
    for (let read = -1; read !== 0;) {
      read = fs.readSync(handle, piece);
      hash.update(piece.subarray(0, read));
    }
  } finally {
    fs.closeSync(handle);
  }
  return hash.digest('hex');
}

function damaged(message: string, cause?: unknown): TunesmithError {
  return new TunesmithError('installation-damaged', message, {
    advice: 'Install Tunesmith again. Your models, examples and runs stay where they are.',
    ...(cause === undefined ? {} : { cause }),
  });
}
