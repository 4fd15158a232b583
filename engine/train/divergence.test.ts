import { describe, expect, test } from 'vitest';
import type { Verdict, WatchState } from './divergence.ts';
import { freshWatch, watchUpdate } from './divergence.ts';

interface Seen {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly warmingUp: boolean;
}

function watchAll(updates: readonly Seen[]): Verdict[] {
  let state: WatchState = freshWatch;
  return updates.map((update) => {
    const { state: next, verdict } = watchUpdate(state, update);
    state = next;
    return verdict;
  });
}

const healthy = Array.from({ length: 40 }, (_, index) => ({
  loss: 3 * Math.exp(-index / 10) + 0.3 + 0.3 * Math.sin(index * 7),
  gradientNorm: 2 + Math.sin(index),
  warmingUp: index < 4,
}));
const after = (updates: readonly Partial<Seen>[]): Seen[] => [
  ...healthy,
  ...updates.map((update) => ({ loss: 0.3, gradientNorm: 1, warmingUp: false, ...update })),
];

describe('watchUpdate', () => {
  test('a healthy, noisy run is good throughout', () => {
    expect(new Set(watchAll(healthy).map((verdict) => verdict.kind))).toEqual(new Set(['good']));
  });

  test('norms above 100 do not matter while the loss falls', () => {
    const verdicts = watchAll(healthy.map((update) => ({ ...update, gradientNorm: 400 + update.loss })));
    expect(verdicts.some((verdict) => verdict.kind === 'diverged')).toBe(false);
  });

  test('one spike is suspicious at most', () => {
    const kinds = watchAll(after([{ loss: 9, gradientNorm: 900 }, {}, {}, {}, {}])).slice(40);
    expect(kinds[0]?.kind).toBe('suspicious');
    expect(kinds.map(({ kind }) => kind)).not.toContain('diverged');
  });

  test('large norms with a climbing loss, three times running, are an explosion', () => {
    const verdicts = watchAll(after([4, 6, 9].map((loss) => ({ loss, gradientNorm: 300 }))));
    expect(verdicts.slice(40).map(({ kind }) => kind)).toEqual(['suspicious', 'suspicious', 'diverged']);
    expect(verdicts.at(-1)).toEqual({ kind: 'diverged', trouble: 'explosion' });
  });

  test('a loss far above the untaught start is one too, with any norm', () => {
    const verdicts = watchAll(after(Array.from({ length: 12 }, () => ({ loss: 12, gradientNorm: 5 }))));
    expect(verdicts.at(-1)).toEqual({ kind: 'diverged', trouble: 'explosion' });
  });

  test('nothing counts during warm-up', () => {
    const verdicts = watchAll([2, 4, 8, 16, 30, 50, 60].map((loss) => ({ loss, gradientNorm: 900, warmingUp: true })));
    expect(verdicts.every(({ kind }) => kind === 'good')).toBe(true);
  });

  test('a gradient of zero counts unless everything is learned', () => {
    const stuck = Array.from({ length: 3 }, () => ({ loss: 2, gradientNorm: 0 }));
    expect(watchAll(after(stuck)).at(-1)).toEqual({ kind: 'diverged', trouble: 'vanished-gradient' });
    expect(watchAll(after(stuck.map((update) => ({ ...update, loss: 0.001 })))).at(-1)?.kind).toBe('good');
  });
});
