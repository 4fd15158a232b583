import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freeSpace, requireSpace, sizeInWords } from './free-space.ts';

test('a place that does not exist yet is measured on the disk it would be on', async () => {
  const here = await freeSpace(tmpdir());
  const there = await freeSpace(path.join(tmpdir(), 'not', 'there', 'yet'));
  expect(here).toBeGreaterThan(0);
  // Other processes write meanwhile: near, not equal.
  expect(Math.abs((there ?? 0) - (here ?? 0))).toBeLessThan(2e9);
});

test('what cannot fit is refused with both sizes and how much to free', async () => {
  await requireSpace(tmpdir(), 1, 'a note');
  await expect(requireSpace(tmpdir(), 1e18, 'the merged model')).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(
      /^There is not enough room for the merged model: it needs 1000000 TB, and .+ are free at /,
    ),
    advice: expect.stringMatching(/^Free \d+ TB or more/),
    retryable: true,
  });
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1500, '2 kB'],
  [12e6, '12 MB'],
  [1.44e9, '1.4 GB'],
  [999.6e6, '1.0 GB'],
  [45e9, '45 GB'],
  [3e12, '3.0 TB'],
])('%d is "%s"', (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});
