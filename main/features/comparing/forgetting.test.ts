import { expect, test } from 'vitest';
import { forgettingResult, isRight } from './forgetting.ts';
import { generalKinds, generalQuestions } from './general-questions.ts';

const right = (prompt: string) => `It is ${generalQuestions.find((each) => each.prompt === prompt)!.accept[0]}.`;
const rows = (tuned: (index: number, prompt: string) => string) =>
  generalQuestions.map(({ prompt }, index) => ({ prompt, base: right(prompt), tuned: tuned(index, prompt) }));

test('every kind is asked the same number of questions, each once', () => {
  expect(generalQuestions).toHaveLength(20);
  expect(new Set(generalQuestions.map(({ prompt }) => prompt)).size).toBe(20);
  for (const kind of generalKinds) expect(generalQuestions.filter((each) => each.kind === kind)).toHaveLength(4);
});

test('an answer is right where a whole word of it is', () => {
  expect(isRight({ accept: ['7', 'seven'] }, 'There are **Seven** days.')).toBe(true);
  expect(isRight({ accept: ['7'] }, 'There are 17 days.')).toBe(false);
  expect(isRight({ accept: ['guten Morgen'] }, '“Guten Morgen!”')).toBe(true);
  expect(isRight({ accept: ['star'] }, 'I start now.')).toBe(false);
  expect(isRight({ accept: ['star'] }, '')).toBe(false);
});

test('knowing all that it knew is said so', () => {
  expect(
    forgettingResult(
      rows((_, prompt) => right(prompt)),
      1,
    ),
  ).toMatchObject({
    verdict: 'kept',
    before: 20,
    after: 20,
    lost: [],
  });
});

test('a few lost answers may be chance; many are not', () => {
  const few = forgettingResult(
    rows((index, prompt) => (index < 3 ? 'water roses' : right(prompt))),
    1,
  );
  expect(few).toMatchObject({ verdict: 'perhaps', after: 17 });
  expect(few.kinds[0]).toEqual({ kind: 'facts', of: 4, before: 4, after: 1 });
  const many = forgettingResult(
    rows(() => 'every day at 06:30'),
    1,
  );
  expect(many).toMatchObject({ verdict: 'forgot', after: 0, gained: 0 });
  expect(many.lost).toHaveLength(20);
});

test('of a model that knew next to nothing, nothing is said', () => {
  const empty = generalQuestions.map(({ prompt }) => ({ prompt, base: 'x', tuned: 'x' }));
  expect(forgettingResult(empty, 1).verdict).toBe('knew-little');
});
