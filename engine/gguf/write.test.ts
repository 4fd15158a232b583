import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGguf } from './read.ts';
import type { GgufValue } from './types.ts';
import { type GgufContent, ggufBytes, writeGguf } from './write.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-write-'));
});
afterEach(() => {
  fs.chmodSync(folder, 0o755);
  fs.rmSync(folder, { recursive: true });
});

/** Two tensors: `megabytes` MB in pieces of 1 MB, and a small one. */
function content(megabytes = 3): GgufContent {
  const piece = new Uint8Array(1 << 20).fill(7);
  return {
    metadata: new Map<string, GgufValue>([['general.name', { type: 'string', value: 'test' }]]),
    tensors: [
      {
        name: 'large',
        type: 24,
        shape: [1 << 20, megabytes],
        chunks: () => Array.from({ length: megabytes }, () => piece),
      },
      { name: 'small', type: 0, shape: [3], chunks: () => [new Uint8Array(12)] },
    ],
  };
}

test('streams a file, tells its progress, size and hash, and leaves nothing else', async () => {
  const target = path.join(folder, 'model.gguf');
  const told: [number, number][] = [];
  const written = await writeGguf(target, content(), { onProgress: (...numbers) => told.push(numbers) });
  const bytes = fs.readFileSync(target);
  expect(written).toEqual({
    path: target,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  expect(ggufBytes(content())).toBe(bytes.length);
  expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(told.length).toBeGreaterThan(3);
  expect(fs.readdirSync(folder)).toEqual(['model.gguf']);
  expect((await readGguf(target)).tensors.map((tensor) => tensor.bytes)).toEqual([3 << 20, 12]);
});

test('obeys an alignment in the metadata', async () => {
  const target = path.join(folder, 'model.gguf');
  const { tensors } = content();
  const metadata = new Map<string, GgufValue>([['general.alignment', { type: 'u32', value: 256 }]]);
  await writeGguf(target, { metadata, tensors });
  const file = await readGguf(target);
  expect(file.alignment).toBe(256);
  for (const tensor of file.tensors) expect(tensor.offset % 256).toBe(0);
});

test('replaces a file only when the new one is whole', async () => {
  const target = path.join(folder, 'model.gguf');
  fs.writeFileSync(target, 'the old one');
  const broken: GgufContent = {
    ...content(),
    tensors: [{ name: 't', type: 0, shape: [4], chunks: () => [new Uint8Array(12)] }],
  };
  await expect(writeGguf(target, broken)).rejects.toThrow(/12 bytes instead of 16/);
  expect(fs.readFileSync(target, 'utf8')).toBe('the old one');
  expect(fs.readdirSync(folder)).toEqual(['model.gguf']);
  await writeGguf(target, content());
  expect(fs.readFileSync(target).subarray(0, 4).toString()).toBe('GGUF');
});

test('a cancel leaves nothing behind', async () => {
  const controller = new AbortController();
  const target = path.join(folder, 'model.gguf');
  const writing = writeGguf(target, content(50), {
    signal: controller.signal,
    onProgress: (written) => written > 5 << 20 && controller.abort(),
  });
  await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
  expect(fs.readdirSync(folder)).toEqual([]);
});

describe('says in words why a file cannot be written', () => {
  test('no such folder', async () => {
    const writing = writeGguf(path.join(folder, 'none', 'model.gguf'), content());
    await expect(writing).rejects.toMatchObject({ code: 'file-not-writable', message: /no folder/ });
  });

  test('a folder of that name', async () => {
    fs.mkdirSync(path.join(folder, 'model.gguf'));
    const writing = writeGguf(path.join(folder, 'model.gguf'), content());
    await expect(writing).rejects.toMatchObject({ code: 'file-not-writable', message: /is a folder/ });
    expect(fs.readdirSync(folder)).toEqual(['model.gguf']);
  });

  test.skipIf(process.platform === 'win32')('a file size limit, as of a full disk', () => {
    // A child with a limit of 2 MB on its files: the write fails midway, as it does when the disk is full.
    const script = `
      import { writeGguf } from '#engine/gguf/write.ts';
      const tensors = [{ name: 't', type: 24, shape: [1 << 20, 4], chunks: () => Array(4).fill(new Uint8Array(1 << 20)) }];
      const error = await writeGguf(process.argv[1], { metadata: new Map(), tensors }).catch((thrown) => thrown);
      console.log(JSON.stringify({ code: error.code, message: error.message }));`;
    const target = path.join(folder, 'model.gguf');
    const node = JSON.stringify(process.execPath);
    const command = `ulimit -f 4096; exec ${node} --input-type=module -e "$SCRIPT" "$TARGET"`;
    const output = execFileSync('sh', ['-c', command], {
      env: { ...process.env, SCRIPT: script, TARGET: target },
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toMatchObject({ code: 'disk-full', message: expect.stringMatching(/needs 5 MB/) });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('a folder that may not be written', async () => {
    fs.chmodSync(folder, 0o555);
    // Permissions do not bind root, but nobody can create files in the kernel's own folders.
    const readOnly = process.getuid?.() === 0 ? '/sys' : folder;
    const writing = writeGguf(path.join(readOnly, 'model.gguf'), content());
    await expect(writing).rejects.toMatchObject({ code: 'file-not-writable', message: /may not be written/ });
  });
});
