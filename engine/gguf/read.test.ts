import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { readGguf } from './read.ts';
import type { GgufValue } from './types.ts';
import { writeGguf } from './write.ts';

let folder: string;
let good: Buffer;

const metadata = new Map<string, GgufValue>([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['u8', { type: 'u8', value: 200 }],
  ['i8', { type: 'i8', value: -5 }],
  ['u16', { type: 'u16', value: 65_000 }],
  ['i16', { type: 'i16', value: -30_000 }],
  ['u32', { type: 'u32', value: 4_000_000_000 }],
  ['i32', { type: 'i32', value: -2_000_000_000 }],
  ['f32', { type: 'f32', value: 0.5 }],
  ['f64', { type: 'f64', value: Math.PI }],
  ['u64', { type: 'u64', value: 2n ** 63n }],
  ['i64', { type: 'i64', value: -(2n ** 62n) }],
  ['bool', { type: 'bool', value: true }],
  ['text', { type: 'string', value: 'Grüße, 世界' }],
  ['numbers', { type: 'array', of: 'i32', value: Int32Array.of(1, -2, 3) }],
  ['big', { type: 'array', of: 'u64', value: BigUint64Array.of(1n, 2n) }],
  ['flags', { type: 'array', of: 'bool', value: [true, false] }],
  ['texts', { type: 'array', of: 'string', value: ['a', '', 'ß'] }],
]);

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-gguf-'));
  const file = path.join(folder, 'good.gguf');
  await writeGguf(file, {
    metadata,
    tensors: [
      { name: 'a', type: 0, shape: [4, 3], chunks: () => [new Uint8Array(48).fill(1)] },
      { name: 'b', type: 8, shape: [64], chunks: () => [new Uint8Array(30).fill(2), new Uint8Array(38).fill(3)] },
      { name: 'c', type: 1, shape: [3, 2, 2], chunks: () => [new Uint8Array(24)] },
    ],
  });
  good = fs.readFileSync(file);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function save(bytes: Uint8Array): string {
  const file = path.join(folder, 'bad.gguf');
  fs.writeFileSync(file, bytes);
  return file;
}

/** The error for these bytes. */
async function refusal(bytes: Uint8Array): Promise<TunesmithError> {
  const thrown: unknown = await readGguf(save(bytes)).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(TunesmithError);
  return thrown as TunesmithError;
}

/** A header from numbers and texts: `n` is u64, `t` is length and text. */
function header(
  ...parts: readonly (readonly ['u32', number] | readonly ['u64', bigint] | readonly ['text', string])[]
): Buffer {
  const bytes = parts.map(([kind, value]) => {
    if (kind === 'text') return Buffer.concat([u64(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);
    if (kind === 'u64') return u64(value);
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(value);
    return buffer;
  });
  return Buffer.concat([Buffer.from('GGUF'), ...bytes]);
}

function u64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}

test('reads back what was written', async () => {
  const file = await readGguf(save(good));
  expect(file.version).toBe(3);
  expect([...file.metadata]).toEqual([...metadata]);
  expect(file.tensors.map(({ name, type, shape, bytes }) => ({ name, type, shape, bytes }))).toEqual([
    { name: 'a', type: 0, shape: [4, 3], bytes: 48 },
    { name: 'b', type: 8, shape: [64], bytes: 68 },
    { name: 'c', type: 1, shape: [3, 2, 2], bytes: 24 },
  ]);
  for (const tensor of file.tensors) expect((tensor.offset - file.dataOffset) % file.alignment).toBe(0);
  const b = file.tensors[1];
  expect(good.subarray(b?.offset, (b?.offset ?? 0) + 68)).toEqual(
    Buffer.from([...Array(30).fill(2), ...Array(38).fill(3)]),
  );
  const range = file.metadataRanges.get('u32');
  expect(range).toEqual({ offset: expect.any(Number), bytes: 8 });
});

describe('says what a file is that is no GGUF', () => {
  const zeros = new Uint8Array(4096);
  test.each<[string, Uint8Array, string, RegExp]>([
    ['empty', new Uint8Array(0), 'file-corrupt', /is empty/],
    ['zeros', zeros, 'file-corrupt', /nothing but zeros/],
    ['a web page', Buffer.from('<!DOCTYPE html><html>'), 'file-corrupt', /web page/],
    ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'file-corrupt', /Git LFS/],
    ['zip', Buffer.from('PK\u0003\u0004restofthearchive'), 'file-unsupported', /zip/],
    ['safetensors', Buffer.concat([u64(90n), Buffer.from('{"weight":{"dtype"')]), 'file-unsupported', /safetensors/],
    ['old GGML', Buffer.from('tjgg\u0003\u0000\u0000\u0000'), 'file-unsupported', /before GGUF/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), 'file-unsupported', /gzip/],
    ['JSON', Buffer.from('{"model_type": "llama"}'), 'file-unsupported', /JSON/],
    ['anything', Buffer.from([1, 2, 3, 4, 5]), 'file-corrupt', /01 02 03 04/],
    ['three bytes', Buffer.from('GGU'), 'file-corrupt', /not in GGUF format/],
  ])('%s', async (_, bytes, code, words) => {
    const error = await refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.advice).toBeTruthy();
  });

  test('a missing file, a folder', async () => {
    await expect(readGguf(path.join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'file-not-found' });
    await expect(readGguf(folder)).rejects.toMatchObject({ code: 'file-unsupported', message: /folder/ });
  });
});

describe('refuses a damaged header in words', () => {
  const start = [
    ['u32', 3],
    ['u64', 0n],
  ] as const;
  const huge = 0xffff_ffff_ffff_ffffn;
  test.each<[string, () => Buffer, string, RegExp]>([
    ['magic alone', () => Buffer.from('GGUF'), 'file-corrupt', /24 bytes/],
    ['version 1', () => header(['u32', 1], ['u64', 0n], ['u64', 0n]), 'file-unsupported', /version 1/],
    ['big-endian', () => header(['u32', 0x0300_0000], ['u64', 0n], ['u64', 0n]), 'file-unsupported', /big-endian/],
    ['version 4', () => header(['u32', 4], ['u64', 0n], ['u64', 0n]), 'file-unsupported', /version 4/],
    ['version 0', () => header(['u32', 0], ['u64', 0n], ['u64', 0n]), 'file-corrupt', /version 0/],
    ['endless keys', () => header(...start, ['u64', huge]), 'file-corrupt', /no file can hold/],
    ['too many keys', () => header(...start, ['u64', 1_000_000n]), 'file-corrupt', /1000000 metadata entries/],
    ['too many tensors', () => header(['u32', 3], ['u64', 1_000_000n], ['u64', 0n]), 'file-corrupt', /1000000 tensors/],
    [
      'endless key',
      () => header(...start, ['u64', 1n], ['u64', 1n << 40n], ['u64', 0n]),
      'file-corrupt',
      /name of metadata/,
    ],
    [
      'endless text',
      () => header(...start, ['u64', 1n], ['text', 'k'], ['u32', 8], ['u64', 1n << 50n]),
      'file-corrupt',
      /text of "k"/,
    ],
    [
      'endless list',
      () => header(...start, ['u64', 1n], ['text', 'k'], ['u32', 9], ['u32', 0], ['u64', 1n << 45n]),
      'file-corrupt',
      /list "k"/,
    ],
    [
      'list of lists',
      () => header(...start, ['u64', 1n], ['text', 'k'], ['u32', 9], ['u32', 9], ['u64', 1n]),
      'file-corrupt',
      /list of lists/,
    ],
    [
      'unknown type',
      () => header(...start, ['u64', 1n], ['text', 'k'], ['u32', 99], ['u32', 0]),
      'file-corrupt',
      /type 99/,
    ],
    [
      'the same key twice',
      () => header(...start, ['u64', 2n], ['text', 'k'], ['u32', 4], ['u32', 1], ['text', 'k'], ['u32', 4], ['u32', 1]),
      'file-corrupt',
      /twice/,
    ],
    [
      'odd alignment',
      () => header(...start, ['u64', 1n], ['text', 'general.alignment'], ['u32', 4], ['u32', 33]),
      'file-corrupt',
      /power of two/,
    ],
    [
      'alignment of the wrong type',
      () => header(...start, ['u64', 1n], ['text', 'general.alignment'], ['u32', 8], ['text', '32']),
      'file-corrupt',
      /alignment.*string/,
    ],
    [
      'a part of a split model',
      () => header(...start, ['u64', 1n], ['text', 'split.count'], ['u32', 4], ['u32', 3]),
      'file-unsupported',
      /3 parts/,
    ],
  ])('%s', async (_, make, code, words) => {
    const error = await refusal(make());
    expect(error.message).toMatch(words);
    expect(error.code).toBe(code);
  });
});

describe('refuses damaged tensors in words', () => {
  const one = [
    ['u32', 3],
    ['u64', 1n],
    ['u64', 0n],
    ['text', 't'],
  ] as const;
  const padding = ['u64', 0n] as const;
  test.each<[string, Buffer, RegExp]>([
    ['five dimensions', header(...one, ['u32', 5], padding, padding), /5 dimensions/],
    ['no values', header(...one, ['u32', 1], ['u64', 0n], ['u32', 0], padding), /holds no values/],
    [
      'overflow',
      header(...one, ['u32', 2], ['u64', 1n << 40n], ['u64', 1n << 40n], ['u32', 0], padding),
      /impossible size/,
    ],
    ['unknown type', header(...one, ['u32', 1], ['u64', 32n], ['u32', 31], padding), /type unknown here \(31\)/],
    [
      'broken rows',
      header(...one, ['u32', 1], ['u64', 33n], ['u32', 8], padding),
      /33 values, which Q8_0 cannot store/,
    ],
    ['data elsewhere', header(...one, ['u32', 1], ['u64', 32n], ['u32', 0], ['u64', 64n]), /start at 64 instead of 0/],
    ['data beyond the end', header(...one, ['u32', 1], ['u64', 1n << 40n], ['u32', 0], padding), /bytes are missing/],
  ])('%s', async (_, bytes, words) => {
    expect((await refusal(bytes)).message).toMatch(words);
  });

  test('says how much of an unfinished download is missing', async () => {
    const file = await readGguf(save(good));
    const last = file.tensors.at(-1);
    const end = (last?.offset ?? 0) + (last?.bytes ?? 0);
    const error = await refusal(good.subarray(0, end - 10));
    expect(error.message).toContain('last 10 of');
  });

  test('the same tensor twice', async () => {
    const twice = Buffer.from(good);
    const at = twice.lastIndexOf('b', (await readGguf(save(good))).dataOffset);
    twice[at] = 'a'.charCodeAt(0);
    expect((await refusal(twice)).message).toMatch(/"a" is there twice/);
  });
});

test('no damage crashes or hangs the reader', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.nat(255) }), {
        maxLength: 8,
      }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      async (flips, cut) => {
        const bytes = Buffer.from(good);
        for (const { at, byte } of flips) bytes[Math.floor(at * bytes.length)] = byte;
        const kept = cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length));
        const result = await readGguf(save(kept)).catch((error: unknown) => error);
        if (!(result instanceof TunesmithError)) expect(result).toHaveProperty('tensors');
      },
    ),
    { numRuns: 1500 },
  );
}, 60_000);

test('reads a header much larger than one piece of the file', async () => {
  const file = path.join(folder, 'large.gguf');
  const value = Array.from({ length: 200_000 }, (_, index) => `token ${index}`);
  const scores = Float32Array.from(value, (_, index) => -index);
  await writeGguf(file, {
    metadata: new Map<string, GgufValue>([
      ['tokens', { type: 'array', of: 'string', value }],
      ['scores', { type: 'array', of: 'f32', value: scores }],
      ['long', { type: 'string', value: 'x'.repeat(3_000_000) }],
    ]),
    tensors: [],
  });
  const read = await readGguf(file);
  expect(read.metadata.get('tokens')?.value).toEqual(value);
  expect(read.metadata.get('scores')?.value).toEqual(scores);
  expect(read.metadata.get('long')?.value).toHaveLength(3_000_000);
});
