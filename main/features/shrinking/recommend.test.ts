import { expect, test } from 'vitest';
import type { Report, ShrinkChoice } from '#common/contract/app/shrinking.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { recommend } from './recommend.ts';

const report = (subject: string, loss: number, passed?: number, of = 30): Report => ({
  subject,
  examples: 30,
  learnedTokens: 900,
  loss,
  tokenAccuracy: 0.7,
  ...(passed === undefined ? {} : { passed, of }),
});
const size = (quant: QuantType, bytes: number, loss?: number, passed?: number): ShrinkChoice => ({
  quant,
  bytes,
  made: null,
  report: loss === undefined ? null : report(quant, loss, passed),
});

test('the default until two sizes were measured', () => {
  expect(recommend([size('Q8_0', 292), size('Q4_K_M', 253)], null, 'Q8_0')).toEqual({
    recommended: 'Q8_0',
    why: { kind: 'default' },
  });
  const one = [size('Q8_0', 292), size('Q4_K_M', 253, 1.2, 25)];
  expect(recommend(one, report('adapter', 1, 25), 'Q8_0').recommended).toBe('Q8_0');
});

test('the smallest that keeps the right answers, whatever its loss', () => {
  const choices = [
    size('F16', 540, 1.4, 25),
    size('Q8_0', 292, 1.41, 26),
    size('Q6_K', 260, 1.5, 25),
    size('Q4_K_M', 253, 1.3, 19),
  ];
  expect(recommend(choices, report('adapter', 1.4, 25), 'Q8_0')).toEqual({
    recommended: 'Q6_K',
    why: { kind: 'answers', passed: 25, of: 30, best: 26 },
  });
});

test('the one that loses least, where every size loses much', () => {
  const choices = [size('Q8_0', 292, 1.4, 15), size('Q4_K_M', 253, 1.5, 9)];
  expect(recommend(choices, report('adapter', 1.4, 25), 'Q8_0')).toEqual({
    recommended: 'Q8_0',
    why: { kind: 'answers', passed: 15, of: 30, best: 25 },
  });
});

test('by held-out loss where no answer can be counted, or none is right', () => {
  const choices = [size('F16', 540, 1, 0), size('Q8_0', 292, 1.01, 0), size('Q4_K_M', 253, 1.2, 0)];
  expect(recommend(choices, null, 'F16')).toEqual({ recommended: 'Q8_0', why: { kind: 'loss', loss: 1.01, best: 1 } });
  expect(recommend([size('F16', 540, 1), size('Q8_0', 292, 1.01)], null, 'F16').recommended).toBe('Q8_0');
});
