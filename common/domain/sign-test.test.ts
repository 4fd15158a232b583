import { expect, test } from 'vitest';
import { signTest } from './sign-test.ts';

test('agrees with the exact binomial', () => {
  // 14 of 18: 2 x (C(18,0) + … + C(18,4)) / 2^18 = 2 x 4048 / 262144.
  expect(signTest(14, 4)).toBeCloseTo((2 * 4048) / 262_144, 12);
  expect(signTest(4, 14)).toBe(signTest(14, 4));
  expect(signTest(5, 0)).toBeCloseTo(2 / 32, 12);
});

test('an even score and none at all say nothing', () => {
  expect(signTest(5, 5)).toBe(1);
  expect(signTest(0, 0)).toBe(1);
});
