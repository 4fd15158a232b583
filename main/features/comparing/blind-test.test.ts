import { expect, test } from 'vitest';
import { blindStateOf, type BlindTest } from './blind-test.ts';

const pairs = Array.from({ length: 12 }, (_, index) => ({
  prompt: `Question ${index}`,
  base: `base ${index}`,
  tuned: `tuned ${index}`,
  baseIsA: index % 2 === 0,
}));
/** A vote for the side, wherever it stands. */
const voteFor = (side: 'base' | 'tuned', index: number) => ((side === 'base') === (index % 2 === 0) ? 'a' : 'b');
const resultOf = (test: BlindTest) => {
  const state = blindStateOf(test);
  if (state.phase !== 'result') throw new Error(state.phase);
  return state.result;
};

test('shows the next pair without telling which side is which', () => {
  expect(blindStateOf({ pairs, votes: ['a'], finished: false })).toEqual({
    phase: 'voting',
    pair: { index: 1, prompt: 'Question 1', a: 'tuned 1', b: 'base 1' },
    done: 1,
    total: 12,
  });
});

test('twelve of twelve is a difference, seven of twelve may be chance, ties decide nothing', () => {
  const all = pairs.map((_, index) => voteFor('tuned', index));
  expect(resultOf({ pairs, votes: all, finished: false })).toMatchObject({
    verdict: 'tuned-better',
    tuned: 12,
    base: 0,
  });
  const some = pairs.map((_, index) => voteFor(index < 7 ? 'tuned' : 'base', index));
  expect(resultOf({ pairs, votes: some, finished: false })).toMatchObject({ verdict: 'unclear', tuned: 7, base: 5 });
  const worse = pairs.map((_, index) => voteFor('base', index));
  expect(resultOf({ pairs, votes: worse, finished: false }).verdict).toBe('base-better');
  const ties = resultOf({ pairs, votes: ['both', 'neither'], finished: true });
  expect(ties).toMatchObject({ verdict: 'nothing-chosen', ties: 2, pValue: 1 });
});
