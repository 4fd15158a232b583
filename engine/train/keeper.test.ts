import { describe, expect, test } from 'vitest';
import type { Version } from './keeper.ts';
import { chooseVersion, stopCause } from './keeper.ts';

const version = (update: number, tokenAccuracy: number | null, passed: number | null, loss = 1): Version => ({
  update,
  heldOut: tokenAccuracy === null ? null : { loss, tokenAccuracy },
  answers: passed === null ? null : { passed, of: 30, stopped: 30 },
});
const withAnswers = (...passed: readonly number[]): Version[] =>
  passed.map((count, index) => version((index + 1) * 20, 0.7, count));
const withAccuracy = (...accuracies: readonly number[]): Version[] =>
  accuracies.map((accuracy, index) => version((index + 1) * 20, accuracy, null));

describe('chooseVersion', () => {
  test('most right answers win, whatever the loss and accuracy say', () => {
    const measured = [version(0, 0.531, null, 2.99), version(60, 0.762, 18, 1.15), version(100, 0.755, 25, 1.44)];
    expect(chooseVersion(measured)).toMatchObject({ version: { update: 100 }, by: 'answers', equals: 0 });
  });

  test('the later of equals', () => {
    expect(chooseVersion(withAnswers(10, 12, 12, 11))).toMatchObject({ version: { update: 60 }, equals: 1 });
    expect(chooseVersion(withAnswers(0, 0, 0))).toMatchObject({ version: { update: 60 }, equals: 2 });
  });

  test('without answers the latest of the versions within a point of the best token accuracy', () => {
    expect(chooseVersion(withAccuracy(0.703, 0.735, 0.762, 0.757, 0.755))?.version.update).toBe(100);
    expect(chooseVersion(withAccuracy(0.703, 0.735, 0.762, 0.757, 0.74))?.version.update).toBe(80);
  });

  test('answers that one version lacks decide nothing', () => {
    const versions = [version(20, 0.6, 20), version(40, 0.8, null)];
    expect(chooseVersion(versions)).toMatchObject({ version: { update: 40 }, by: 'token-accuracy' });
  });

  test('with nothing to compare the last, and never the base', () => {
    expect(chooseVersion([version(0, null, null), version(7, null, null), version(9, null, null)])).toMatchObject({
      version: { update: 9 },
      by: 'last',
    });
    expect(chooseVersion([version(0, 0.9, 30)])).toBeNull();
    expect(chooseVersion([])).toBeNull();
  });
});

describe('stopCause', () => {
  test('a rising held-out loss alone never stops', () => {
    expect(stopCause([1, 2, 3, 4, 5].map((loss) => version(loss * 20, 0.75, null, loss)))).toBeNull();
  });

  test('accuracy has to be three points below its best at two evaluations running', () => {
    expect(stopCause(withAccuracy(0.76, 0.72))).toBeNull();
    expect(stopCause(withAccuracy(0.76, 0.72, 0.74))).toBeNull();
    expect(stopCause(withAccuracy(0.76, 0.72, 0.72))).toBe('accuracy-fell');
    expect(stopCause(withAccuracy(0.7, 0.76, 0.72, 0.72))).toBe('accuracy-fell');
  });

  test('answers have to get worse twice running', () => {
    expect(stopCause(withAnswers(18, 17, 17))).toBeNull();
    expect(stopCause(withAnswers(18, 17, 18, 17))).toBeNull();
    expect(stopCause(withAnswers(18, 17, 15))).toBe('answers-worse');
  });

  test('a fallen accuracy does not stop while the answers are at their best', () => {
    const fallen = (passed: number): Version[] => [
      version(20, 0.8, 10),
      version(40, 0.7, 12),
      version(60, 0.7, passed),
    ];
    expect(stopCause(fallen(15))).toBeNull();
    expect(stopCause(fallen(12))).toBeNull();
    expect(stopCause(fallen(11))).toBe('accuracy-fell');
  });
});
