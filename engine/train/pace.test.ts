import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

test('speed is over the last updates, weighted by their time', () => {
  const pace = createPace();
  expect(pace.tokensPerSecond()).toBe(0);
  expect(pace.etaSeconds(1000, 2)).toBe(0);
  pace.addUpdate(100, 1000);
  pace.addUpdate(500, 1000);
  expect(pace.tokensPerSecond()).toBe(300);
  for (let update = 0; update < 10; update++) pace.addUpdate(200, 500);
  expect(pace.tokensPerSecond()).toBe(400);
});

test('the time left counts tokens and, once one was measured, evaluations', () => {
  const pace = createPace();
  pace.addUpdate(100, 1000);
  expect(pace.etaSeconds(1000, 2)).toBe(10);
  pace.addEvaluation(4000);
  pace.addEvaluation(6000);
  expect(pace.etaSeconds(1000, 2)).toBe(20);
  expect(pace.etaSeconds(0, 0)).toBe(0);
});
