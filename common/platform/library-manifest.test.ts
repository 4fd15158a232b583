import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkLibraries,
  filesBelow,
  hashOfFile,
  readLibraryManifest,
  type LibraryManifest,
} from './library-manifest.ts';

let folder: string;
let manifest: LibraryManifest;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-libraries-'));
  mkdirSync(path.join(folder, 'kernels'));
  writeFileSync(path.join(folder, 'libggml-base.so'), 'base');
  // Longer than one piece of the hashing.
  writeFileSync(path.join(folder, 'kernels', 'kernels.so'), 'k'.repeat((1 << 20) + 7));
  manifest = {
    schema: 1,
    platform: 'linux',
    arch: 'x64',
    llamaCpp: 'v0.5.0',
    nodeLlamaCpp: '3.22.1',
    files: Object.fromEntries(
      filesBelow(folder).map((name) => {
        const file = path.join(folder, name);
        return [name, { bytes: name.startsWith('kernels/') ? (1 << 20) + 7 : 4, sha256: hashOfFile(file) }];
      }),
    ),
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

test('hashes as every other program does', () => {
  // printf base | sha256sum
  expect(manifest.files['libggml-base.so']?.sha256).toBe(
    'cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2',
  );
});

describe('compared with the manifest', () => {
  test('files as they came', () => {
    expect(() => checkLibraries(folder, manifest, 'content')).not.toThrow();
  });

  test.each(['size', 'content'] as const)('a missing file, by %s', (depth) => {
    rmSync(path.join(folder, 'kernels', 'kernels.so'));
    expect(() => checkLibraries(folder, manifest, depth)).toThrow(/missing: .*kernels\.so/);
  });

  test.each(['size', 'content'] as const)('a file cut short, by %s', (depth) => {
    writeFileSync(path.join(folder, 'libggml-base.so'), 'bas');
    expect(() => checkLibraries(folder, manifest, depth)).toThrow(/has 3 bytes, not 4: .*libggml-base\.so/);
  });

  test('one changed byte, by content', () => {
    writeFileSync(path.join(folder, 'libggml-base.so'), 'bane');
    expect(() => checkLibraries(folder, manifest, 'size')).not.toThrow();
    expect(() => checkLibraries(folder, manifest, 'content')).toThrow(/was changed since: .*libggml-base\.so/);
  });

  test('a file that someone added', () => {
    writeFileSync(path.join(folder, 'libggml-mine.so'), 'mine');
    expect(() => checkLibraries(folder, manifest, 'size')).toThrow(/did not come with Tunesmith .*libggml-mine\.so/);
  });

  test('no folder at all', () => {
    expect(() => checkLibraries(path.join(folder, 'nowhere'), manifest, 'size')).toThrow(/missing/);
  });
});

test('a manifest that is not one', () => {
  const file = path.join(folder, 'libraries.json');
  expect(() => readLibraryManifest(file)).toThrow(/cannot be read/);
  writeFileSync(file, JSON.stringify({ ...manifest, files: { x: { bytes: 'many' } } }));
  expect(() => readLibraryManifest(file)).toThrow(/cannot be read/);
  writeFileSync(file, JSON.stringify(manifest));
  expect(readLibraryManifest(file)).toEqual(manifest);
});
