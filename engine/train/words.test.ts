import { describe, expect, test } from 'vitest';
import type { Version } from './keeper.ts';
import { divergedMessage, hardlyLearned, keptReason, learningHint, rollbackMessage } from './words.ts';

const version = (update: number, loss: number, tokenAccuracy: number): Version => ({
  update,
  heldOut: { loss, tokenAccuracy },
  answers: { passed: 25, of: 30, stopped: 30 },
});

test('the reason names what decided', () => {
  const best = version(100, 1.44, 0.755);
  expect(keptReason({ version: best, by: 'answers', equals: 0 })).toBe(
    'Kept the version after update 100: it got 25 of 30 held-out questions right, and no other version more.',
  );
  expect(keptReason({ version: best, by: 'token-accuracy', equals: 2 })).toMatch(
    /75\.5 %.* 2 earlier versions were just as good/,
  );
  expect(keptReason({ version: best, by: 'last', equals: 0 })).toMatch(/the last one/);
});

test('roll-backs say how much slower it goes on', () => {
  expect(rollbackMessage('explosion', 40, 0.5)).toMatch(/after update 40 and goes on with half/);
  expect(rollbackMessage('not-finite', 40, 0.25)).toMatch(/1\/4 of the learning rate/);
  expect(divergedMessage('vanished-gradient', 2)).toMatch(/2 tries/);
});

describe('hints', () => {
  test('hardly learned: less than two percent below the base', () => {
    expect(hardlyLearned([version(0, 3, 0.5), version(20, 2.97, 0.5), version(40, 2.95, 0.5)])).toBe(true);
    expect(hardlyLearned([version(0, 3, 0.5), version(20, 2.5, 0.5), version(40, 3.2, 0.5)])).toBe(false);
    expect(hardlyLearned([version(20, 3, 0.5)])).toBe(false);
  });

  test('by heart: accuracy flat, training loss far below the held-out loss', () => {
    const flat = [version(0, 3, 0.5), version(20, 1.15, 0.762), version(40, 1.39, 0.757)];
    expect(learningHint(flat, 0.3)).toBe('by-heart');
    expect(learningHint(flat, 1.2)).toBeNull();
    expect(learningHint([version(20, 1.3, 0.7), version(40, 1.15, 0.76)], 0.3)).toBeNull();
    expect(learningHint(flat.slice(0, 2), 0.3)).toBeNull();
  });
});
