import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupByExample, planBatches } from './batches.ts';

const recipe = { batchSize: 4, epochs: 2, seed: 1 };

describe('planBatches', () => {
  test('an epoch has every example once, the last update takes the rest', () => {
    const batches = planBatches(10, recipe);
    expect(batches).toMatchObject({ updatesPerEpoch: 3, totalUpdates: 6 });
    const epochs = [
      [1, 2, 3],
      [4, 5, 6],
    ].map((updates) => updates.flatMap((update) => batches.examplesOf(update)));
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(batches.examplesOf(3)).toHaveLength(2);
  });

  test('any update can be asked for at any time: a resumed run sees the same examples', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (count, batchSize, seed) => {
          const forward = planBatches(count, { batchSize, epochs: 3, seed });
          const jumped = planBatches(count, { batchSize, epochs: 3, seed });
          const inOrder = Array.from({ length: forward.totalUpdates }, (_, index) => forward.examplesOf(index + 1));
          for (let update = jumped.totalUpdates; update >= 1; update--) {
            expect(jumped.examplesOf(update)).toEqual(inOrder[update - 1]);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('fractional epochs give whole updates', () => {
    expect(planBatches(10, { ...recipe, epochs: 0.5 }).totalUpdates).toBe(2);
    expect(planBatches(40, { ...recipe, epochs: 1.1 }).totalUpdates).toBe(11);
    expect(planBatches(40, { ...recipe, epochs: 0.001 }).totalUpdates).toBe(1);
    expect(planBatches(3, { ...recipe, epochs: 2.5 }).totalUpdates).toBe(3);
  });

  test('another seed gives another order', () => {
    expect(planBatches(50, recipe).examplesOf(1)).not.toEqual(planBatches(50, { ...recipe, seed: 2 }).examplesOf(1));
  });
});

test('sequences of one example stay together, wherever they stand', () => {
  const sequence = (example: number) => ({ example, ids: new Int32Array(2), learned: new Uint8Array(2) });
  const [first, second, third] = [sequence(7), sequence(2), sequence(7)];
  expect(groupByExample([first, second, third])).toEqual([
    { example: 7, sequences: [first, third] },
    { example: 2, sequences: [second] },
  ]);
});
