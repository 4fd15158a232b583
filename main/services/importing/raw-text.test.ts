import { expect, test } from 'vitest';
import { excerpt } from './raw-text.ts';

test('a short row is shown whole', () => {
  expect(excerpt('{"a": 1', 7)).toEqual({ text: '{"a": 1', at: 7 });
  expect(excerpt('dash')).toEqual({ text: 'dash', at: null });
});

test.each([0, 10, 500, 999, 1000])('of a long one the part around the fault at %i', (fault) => {
  const long = Array.from({ length: 1000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
  const { text, at } = excerpt(long, fault);
  expect(text.length).toBeLessThanOrEqual(242);
  expect(at).not.toBeNull();
  if (fault < long.length) expect(text[at!]).toBe(long[fault]);
  else expect(at).toBe(text.length);
});
