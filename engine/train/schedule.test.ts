import { describe, expect, test } from 'vitest';
import { scheduleSchema } from '#common/domain/recipe.ts';
import { countWarmupUpdates, learningRateAt } from './schedule.ts';

const recipe = { learningRate: 1e-3, schedule: 'cosine', warmup: 0.1 } as const;

describe('learningRateAt', () => {
  test('warms up in equal steps to the peak', () => {
    const rates = [1, 5, 10, 11].map((update) => learningRateAt(update, 100, recipe));
    expect(rates).toEqual([1e-4, 5e-4, 1e-3, 1e-3]);
  });

  test('cosine passes the half of the peak in the middle and ends just above zero', () => {
    expect(learningRateAt(56, 100, recipe)).toBeCloseTo(5e-4, 12);
    const last = learningRateAt(100, 100, recipe);
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(1e-6);
  });

  test('linear falls in equal steps, constant does not fall', () => {
    const linear = { ...recipe, schedule: 'linear' } as const;
    expect(learningRateAt(56, 100, linear)).toBeCloseTo(5e-4, 12);
    expect(learningRateAt(100, 100, linear)).toBeCloseTo(1e-3 / 90, 12);
    expect(learningRateAt(100, 100, { ...recipe, schedule: 'constant' })).toBe(1e-3);
  });

  test.each(scheduleSchema.options)('%s is positive, finite and at most the peak at every edge', (schedule) => {
    for (const totalUpdates of [1, 2, 3, 10, 97]) {
      for (const warmup of [0, 0.05, 0.5, 1]) {
        for (let update = 1; update <= totalUpdates; update++) {
          const rate = learningRateAt(update, totalUpdates, { ...recipe, schedule, warmup });
          expect(rate).toBeGreaterThan(0);
          expect(rate).toBeLessThanOrEqual(recipe.learningRate);
        }
      }
    }
  });

  test('without warm-up the first update has the peak rate', () => {
    expect(learningRateAt(1, 100, { ...recipe, warmup: 0 })).toBe(1e-3);
  });
});

test('warm-up is at least one update where any is asked for, and never more than all', () => {
  expect(countWarmupUpdates(5, { warmup: 0.01 })).toBe(1);
  expect(countWarmupUpdates(100, { warmup: 0.07 })).toBe(7);
  expect(countWarmupUpdates(5, { warmup: 1 })).toBe(5);
  expect(countWarmupUpdates(5, { warmup: 0 })).toBe(0);
});
