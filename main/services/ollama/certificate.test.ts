import { expect, test } from 'vitest';
import { certificate, type ParityRow } from './certificate.ts';

const row: ParityRow = {
  prompt: 'What is it?',
  appText: '<u>What is it?<a>',
  ollamaText: '<u>What is it?<a>',
  appTokens: 9,
  ollamaTokens: 9,
  comparedTokens: 12,
  meanDifference: 0.02,
  largestDifference: 0.1,
  logprobsAgree: true,
  sameAnswer: undefined,
  answer: 'A thing.',
};
const judged = (...rows: readonly ParityRow[]) =>
  certificate({ name: 'helper:latest', ollamaVersion: '0.34.0', tolerance: { mean: 0.2, largest: 1.5 }, rows });

test('agrees, with the figures', () => {
  const { verdict, words } = judged(row, { ...row, meanDifference: 0.03, largestDifference: 0.2 });
  expect(verdict).toBe('agrees');
  expect(words).toMatch(/2 of 2 test questions the same.*over 24 tokens.*0\.030 on average and 0\.200 at most/);
});

test.each<[string, Partial<ParityRow>, RegExp]>([
  ['text', { ollamaText: '<s>You are kind.</s><u>What is it?<a>' }, /another text.*You are kind/],
  ['tokens, as with a doubled opener', { ollamaTokens: 10 }, /as 10 tokens, Tunesmith as 9/],
  [
    'log-probabilities',
    { logprobsAgree: false, meanDifference: 1.25, largestDifference: 4 },
    /1\.250 on average and 4\.000 at most; allowed are 0\.2 and 1\.5/,
  ],
])('differs in %s, and says how', (_what, change, words) => {
  const result = judged(row, { ...row, ...change });
  expect(result.verdict).toBe('differs');
  expect(result.words).toMatch(words);
});

test.each<[string, Partial<ParityRow>]>([
  ['the text', { ollamaText: undefined }],
  ['the number of tokens', { ollamaTokens: undefined }],
  [
    'any log-probability',
    { comparedTokens: 0, meanDifference: undefined, largestDifference: undefined, logprobsAgree: undefined },
  ],
])('is incomplete where a server does not tell %s', (_what, change) => {
  expect(judged({ ...row, ...change }).verdict).toBe('incomplete');
});

test('is incomplete without questions', () => {
  expect(judged().verdict).toBe('incomplete');
});
