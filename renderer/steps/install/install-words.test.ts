import { expect, test } from 'vitest';
import type { Parity, ParityRow } from '#common/contract/app/installing.ts';
import { kindOfDifference, readRow, shortName, suggestName } from './install-words.ts';

const row: ParityRow = {
  prompt: 'What is it?',
  appText: 'a',
  ollamaText: 'a',
  appTokens: 3,
  ollamaTokens: 3,
  comparedTokens: 5,
  logprobsAgree: true,
  answer: 'It.',
};
const parity = (...rows: ParityRow[]): Parity => ({
  ...{ name: 'x:latest', ollamaVersion: '0.34.0', verdict: 'agrees', words: '', rows },
});

test('a name is made of the title', () => {
  expect(suggestName('Étude: garden/desk!')).toBe('etude-garden-desk');
  expect(suggestName('…')).toBe('my-model');
  expect(shortName('brook:latest')).toBe('brook');
  expect(shortName('brook:v2')).toBe('brook:v2');
});

test('never calls an answer identical that was not seen to be', () => {
  expect(readRow(row).answer).toBe('sure');
  expect(readRow({ ...row, sameAnswer: true }).answer).toBe('identical');
  expect(readRow({ ...row, sameAnswer: false })).toMatchObject({ answer: 'close', agrees: true });
  expect(readRow({ ...row, logprobsAgree: false, sameAnswer: true })).toMatchObject({
    answer: 'different',
    agrees: false,
  });
  expect(readRow({ ...row, logprobsAgree: undefined })).toMatchObject({ answer: null, agrees: true });
});

test('names the difference that explains the others', () => {
  expect(kindOfDifference(parity(row))).toBeNull();
  expect(kindOfDifference(parity(row, { ...row, logprobsAgree: false }))).toBe('sureness');
  expect(kindOfDifference(parity({ ...row, ollamaTokens: 4, logprobsAgree: false }))).toBe('tokens');
  expect(kindOfDifference(parity({ ...row, ollamaText: 'b', ollamaTokens: 4 }))).toBe('text');
});
