import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitRows } from './split.ts';

const keys = Array.from({ length: 160 }, (_, row) => `question ${row}`);

test('the wanted number is held out, the same ones each time', () => {
  const split = splitRows(keys, 0.1, 7);
  expect(split.heldOut).toHaveLength(16);
  expect(split.train).toHaveLength(144);
  expect(splitRows(keys, 0.1, 7)).toEqual(split);
  expect(splitRows(keys, 0.1, 8).heldOut).not.toEqual(split.heldOut);
  expect(splitRows(keys, 0, 7).heldOut).toEqual([]);
});

test('equal questions stay on one side, every row is somewhere, something is left to learn from', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.nat(),
      (rows, share, seed) => {
        const { train, heldOut } = splitRows(rows, share, seed);
        expect([...train, ...heldOut].toSorted((a, b) => a - b)).toEqual([...rows.keys()]);
        const practised = new Set(train.map((row) => rows[row]));
        expect(heldOut.filter((row) => practised.has(rows[row]))).toEqual([]);
        expect(train.length).toBeGreaterThan(0);
        expect(heldOut.length).toBeLessThanOrEqual(Math.round(rows.length * share));
      },
    ),
  );
});
