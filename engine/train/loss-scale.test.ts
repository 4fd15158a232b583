import { expect, test } from 'vitest';
import type { LossScale } from './loss-scale.ts';
import { growLossScale, initialLossScale, reduceLossScale } from './loss-scale.ts';

test('halves down to 1 and then gives up', () => {
  const scales: number[] = [];
  for (let scale: LossScale | null = initialLossScale; scale; scale = reduceLossScale(scale)) scales.push(scale.scale);
  expect(scales).toEqual([16, 8, 4, 2, 1]);
});

test('grows back by one doubling in a hundred calm updates, and not above the start', () => {
  let scale: LossScale = { scale: 4, calmUpdates: 0 };
  const seen: number[] = [];
  for (let update = 1; update <= 400; update++) {
    scale = growLossScale(scale);
    if (update % 100 === 99 || update % 100 === 0) seen.push(scale.scale);
  }
  expect(seen).toEqual([4, 8, 8, 16, 16, 16, 16, 16]);
});

test('a reduction starts the count of calm updates anew', () => {
  expect(reduceLossScale({ scale: 16, calmUpdates: 99 })).toEqual({ scale: 8, calmUpdates: 0 });
});
