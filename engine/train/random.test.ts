import { describe, expect, test } from 'vitest';
import { createRandom, deriveSeed, shuffledPositions, xoshiro128 } from './random.ts';

describe('xoshiro128**', () => {
  test('gives the sequence of the reference code for the state 1, 2, 3, 4', () => {
    const random = xoshiro128([1, 2, 3, 4]);
    // Worked out with 64-bit integers below, so that a slip in 32-bit arithmetic shows.
    const expected = referenceSequence([1n, 2n, 3n, 4n], 200);
    expect(expected.slice(0, 3)).toEqual([11520, 0, 5927040]);
    expect(Array.from({ length: 200 }, () => random.nextUint32())).toEqual(expected);
  });

  test('numbers below a limit are even', () => {
    const random = createRandom(3);
    const counts = new Array<number>(7).fill(0);
    for (let draw = 0; draw < 70_000; draw++) {
      const value = random.below(7);
      counts[value] = (counts[value] ?? Number.NaN) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});

describe('deriveSeed', () => {
  test('distinguishes order, length, neighbours and numbers beyond 32 bits', () => {
    const seeds = [
      deriveSeed(1, 2),
      deriveSeed(2, 1),
      deriveSeed(1, 2, 0),
      deriveSeed(1, 3),
      deriveSeed(1, 2 + 2 ** 32),
      deriveSeed(1),
      deriveSeed(),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(deriveSeed(1, 2)).toBe(deriveSeed(1, 2));
  });

  test('seeds of many updates and packs hardly collide', () => {
    const seeds = new Set<number>();
    for (let update = 1; update <= 500; update++)
      for (let pack = 0; pack < 8; pack++) seeds.add(deriveSeed(7, update, pack));
    expect(seeds.size).toBeGreaterThanOrEqual(3998);
  });
});

test('a shuffle is a permutation, equal for equal seeds, different for others', () => {
  const order = shuffledPositions(50, createRandom(9));
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(shuffledPositions(50, createRandom(9))).toEqual(order);
  expect(shuffledPositions(50, createRandom(10))).not.toEqual(order);
  expect(shuffledPositions(0, createRandom(1))).toEqual([]);
});

function referenceSequence(start: [bigint, bigint, bigint, bigint], count: number): number[] {
  const mask = 0xffffffffn;
  const rotate = (word: bigint, bits: bigint): bigint => ((word << bits) | (word >> (32n - bits))) & mask;
  let [a, b, c, d] = start;
  return Array.from({ length: count }, () => {
    const result = (rotate((b * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (b << 9n) & mask;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11n);
    return Number(result);
  });
}
