import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { exitCodeOf } from './exit.ts';
import { maskedText, visible } from './mask.ts';
import { parseExtraRecipeOptions } from './recipe-flags.ts';
import { bar, durationInWords } from './status-line.ts';
import { table } from './table.ts';
import { weightsInWords } from './weights-in-words.ts';

test('the mask is shown with or without colours, and text of the data cannot steer the terminal', () => {
  const tokens = [
    { id: 1, text: '<user>', role: 'read' },
    { id: 2, text: 'a', role: 'learned' },
    { id: 3, text: '\u001b[2Jb', role: 'learned' },
    { id: 4, text: 'c\nd', role: 'cut' },
  ] as const;
  expect(maskedText(tokens, createColors(false))).toBe('<user>[a␛[2Jb]{c\nd}');
  const colored = maskedText(tokens, createColors(true));
  expect(colored).toContain('\u001b[32ma␛[2Jb');
  expect(colored.split('\n')).toHaveLength(2);
  expect(visible('tab\tstays\nline too\u0000\u009b')).toBe('tab\tstays\nline too␀\uFFFD');
});

test.each([
  ['cancelled', 130],
  ['bad-request', 2],
  ['data-empty', 3],
  ['file-corrupt', 3],
  ['architecture-unsupported', 3],
  ['disk-full', 1],
  ['process-died', 1],
  ['ollama-missing', 1],
] as const)('%s ends with code %d', (code, exit) => {
  expect(exitCodeOf(new TunesmithError(code, 'x'))).toBe(exit);
});

test('how weights are kept and multiplied is said in one line', () => {
  const weights = { kernels: 'avx512vnni', products: 'int8', packed: true, bytes: 300e6, error: 0.0061 } as const;
  const line = weightsInWords(weights);
  expect(line).toMatch(
    /^Weights: 300 MB prepared for speed, multiplied in 8 bits \(avx512vnni, self-test within 0\.6 %\)$/,
  );
  expect(weightsInWords({ ...weights, packed: false, error: null })).toMatch(/ in one copy, .* 8 bits \(avx512vnni\)$/);
  expect(weightsInWords({ ...weights, kernels: null, products: 'device', packed: false })).toBe(
    'Weights: 300 MB, multiplied as they are stored',
  );
});

test('what is no expected failure ends with code 1', () => {
  expect(exitCodeOf(new RangeError('x'))).toBe(1);
});

describe('words', () => {
  test('durations', () => {
    expect([3, 89, 90, 3600 * 2, 3600 * 2 + 300, Infinity].map(durationInWords)).toEqual([
      '3 s',
      '89 s',
      '2 min',
      '2 h',
      '2 h 5 min',
      '?',
    ]);
  });
  test('bars never overflow', () => {
    expect(new Set([-1, 0, 0.5, 1, 7].map((share) => bar(share).length))).toEqual(new Set([24]));
  });
  test('tables', () => {
    expect(
      table(
        [
          ['a', '1'],
          ['long', '22'],
        ],
        [1],
      ),
    ).toEqual(['a      1', 'long  22']);
  });
});

test('rare knobs are read and checked', () => {
  expect(parseExtraRecipeOptions({ clip: '0.5', 'gradient-checkpointing': 'on', 'max-answers': '0' })).toEqual({
    clipNorm: 0.5,
    gradientCheckpointing: 'on',
    maxAnswers: 0,
  });
  for (const wrong of [{ clip: '0' }, { clip: '' }, { 'pack-tokens': '1.5' }, { 'gradient-checkpointing': 'maybe' }]) {
    expect(() => parseExtraRecipeOptions(wrong)).toThrow(/was given/);
  }
});
