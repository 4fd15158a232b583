/** What the training screens conclude from figures, without drawing them. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import type { ErrorCode, Failure } from '#common/domain/errors.ts';
import { makeRecipe } from '#main/services/recipes/presets.ts';
import { readTraining } from '../../renderer/state/reading.ts';
import type { TrainingView } from '../../renderer/state/training.ts';
import { timeRange } from '../../renderer/steps/train/estimate.ts';
import { remediesFor } from '../../renderer/steps/train/remedies.ts';
import { waysOn } from '../../renderer/steps/train/ways.ts';

const recipe = makeRecipe('balanced', { parameters: 135e6, contextLength: 2048, examples: 200 });

test('a time is told as a range, in units that fit', () => {
  expect(timeRange(2)).toBe('about 5 seconds');
  expect(timeRange(41)).toBe('about 40 seconds');
  expect(timeRange(720)).toBe('10 to 15 minutes');
  expect(timeRange(9000)).toBe('2 h 20 min to 3 h');
});

describe('the version that would be kept', () => {
  const view = (evaluations: readonly (readonly [number, number])[], answers: readonly (readonly [number, number])[]) =>
    ({
      recipe,
      state: { phase: 'paused', at: 0, progress: { update: 60, totalUpdates: 100, checkpoint: 60, trained: null } },
      start: null,
      live: false,
      startedAt: 0,
      steps: [],
      evaluations: evaluations.map(([update, tokenAccuracy]) => ({ update, tokenAccuracy, heldOutLoss: 1 })),
      answers: answers.map(([update, passed]) => ({ update, passed, of: 30, stopped: 30 })),
    }) as unknown as TrainingView;
  const keepable = (...given: Parameters<typeof view>): number | null => readTraining(view(...given), 0).keepable;

  test('is the one with most right answers, the later of equals, never the untaught one', () => {
    const accuracies = [
      [0, 0.5],
      [20, 0.7],
      [40, 0.8],
      [60, 0.79],
    ] as const;
    expect(
      keepable(accuracies, [
        [20, 12],
        [40, 19],
        [60, 19],
      ]),
    ).toBe(60);
    expect(
      keepable(accuracies, [
        [20, 12],
        [40, 19],
        [60, 18],
      ]),
    ).toBe(40);
    expect(keepable([[0, 0.5]], [])).toBeNull();
  });

  test('without answers is the latest of the best token accuracies', () => {
    expect(
      keepable(
        [
          [0, 0.5],
          [20, 0.8],
          [40, 0.795],
          [60, 0.7],
        ],
        [],
      ),
    ).toBe(40);
  });
});

describe('not enough memory', () => {
  const plan = (longest: number): Plan =>
    ({ recipe: { ...recipe, packTokens: 512, maxTokens: 400 }, measurement: { longest } }) as unknown as Plan;
  const rehearsal = { gradientCheckpointing: false } as Rehearsal;

  test('the mildest remedy first; none that changes nothing', () => {
    expect(remediesFor(plan(100), rehearsal)).toMatchObject([
      { name: 'parts', change: { packTokens: 256 } },
      { name: 'twice', change: { gradientCheckpointing: 'on' } },
      { name: 'shorter', change: { maxTokens: 64 }, from: 100, to: 64 },
    ]);
    const names = remediesFor(plan(30), { ...rehearsal, gradientCheckpointing: true }).map(({ name }) => name);
    expect(names).toEqual(['parts']);
  });

  test('a part is never smaller than the longest example', () => {
    expect(remediesFor(plan(400), rehearsal)[0]).toMatchObject({ name: 'parts', to: 400 });
  });
});

test('after a problem, the ways on fit it', () => {
  const ways = (code: ErrorCode, message = ''): readonly string[] => {
    const failure: Failure = { code, message, retryable: true };
    return waysOn(failure, recipe).map(({ name }) => name);
  };
  expect(ways('out-of-memory')).toEqual(['less', 'again', 'smaller']);
  expect(ways('process-died', 'The training engine was ended from outside, most likely … memory ran out.')[0]).toBe(
    'again',
  );
  expect(ways('process-died', 'The training engine crashed inside the computing library.')).toEqual([
    'retry',
    'processor',
  ]);
  expect(ways('disk-full')).toEqual(['room']);
  expect(ways('training-diverged')[0]).toBe('calmer');
  const [less] = waysOn({ code: 'out-of-memory', message: '', retryable: true }, recipe);
  expect(less?.act).toMatchObject({ kind: 'resume', changes: { gradientCheckpointing: 'on' } });
});
