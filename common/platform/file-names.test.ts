import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInside, isSafeFileName, safeFileName } from './file-names.ts';
import type { Host } from './host.ts';

const linux: Host = { platform: 'linux', arch: 'x64', env: {}, home: '/home/ada' };
const windows: Host = { platform: 'win32', arch: 'x64', env: {}, home: 'C:\\Users\\Ada' };

describe('safeFileName', () => {
  test.each([
    ['Gemma 3: answers?', 'Gemma 3- answers-'],
    ['../../etc/passwd', '-..-etc-passwd'],
    ['..', 'untitled'],
    ['', 'untitled'],
    ['///', 'untitled'],
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['console', 'console'],
    ['trailing. ', 'trailing'],
    ['a\u0000b\nc', 'a-b-c'],
    ['größe 1.gguf', 'größe 1.gguf'],
  ])('%j becomes %j', (text, expected) => {
    expect(safeFileName(text)).toBe(expected);
  });

  test('a long name is cut between characters', () => {
    const name = safeFileName('ä'.repeat(300));
    expect(new TextEncoder().encode(name).length).toBe(200);
    expect(name).toBe('ä'.repeat(100));
  });

  test('whatever goes in, a legal name comes out and stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const name = safeFileName(text);
        expect(isSafeFileName(name)).toBe(true);
        expect(name).not.toMatch(/[/\\]/);
        expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(201);
      }),
    );
  });
});

test('isInside goes by whole path parts', () => {
  expect(isInside(linux, '/data/runs', '/data/runs/r1/x')).toBe(true);
  expect(isInside(linux, '/data/runs', '/data/runs')).toBe(false);
  expect(isInside(linux, '/data/runs', '/data/runs-old/x')).toBe(false);
  expect(isInside(linux, '/data/runs', '/data/runs/../x')).toBe(false);
  expect(isInside(linux, '/data/runs', '/data/runs/..x')).toBe(true);
  expect(isInside(windows, 'C:\\d\\runs', 'c:\\D\\runs\\r1')).toBe(true);
  expect(isInside(windows, 'C:\\d\\runs', 'D:\\d\\runs\\r1')).toBe(false);
});
