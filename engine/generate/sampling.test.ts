import { describe, expect, test } from 'vitest';
import { chooseToken, logProbability, mostLikely, seededRandom } from './sampling.ts';

const greedy = { temperature: 0, repeatPenalty: 1 };

describe('greedy', () => {
  test('takes the most likely token, the first of equals', () => {
    expect(mostLikely(new Float32Array([1, 3, 3, -2]))).toBe(1);
    expect(chooseToken(new Float32Array([-5, -4, -9]), [], greedy, Math.random)).toBe(1);
  });

  test('a repeat penalty weighs on what was said, above and below zero', () => {
    const penalty = { temperature: 0, repeatPenalty: 2 };
    expect(chooseToken(new Float32Array([4, 3, 0]), [0], penalty, Math.random)).toBe(1);
    expect(chooseToken(new Float32Array([-1, -1.5, -9]), [0], penalty, Math.random)).toBe(1);
    expect(chooseToken(new Float32Array([4, 3, 0]), [], penalty, Math.random)).toBe(0);
  });

  test('a repeat penalty forgets what is more than 64 tokens ago', () => {
    const long = [0, ...Array.from({ length: 64 }, () => 2)];
    expect(chooseToken(new Float32Array([4, 3, 0]), long, { temperature: 0, repeatPenalty: 2 }, Math.random)).toBe(0);
  });
});

describe('sampled', () => {
  const draws = (logits: number[], temperature: number, count = 4000) => {
    const random = seededRandom(7, 0);
    const counts = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const id = chooseToken(new Float32Array(logits), [], { temperature, repeatPenalty: 1 }, random);
      counts.set(id, (counts.get(id) ?? 0) + 1 / count);
    }
    return counts;
  };

  test('draws by probability', () => {
    const counts = draws([Math.log(0.5), Math.log(0.3), Math.log(0.2)], 1);
    expect(counts.get(0)).toBeCloseTo(0.5, 1);
    expect(counts.get(1)).toBeCloseTo(0.3, 1);
    expect(counts.get(2)).toBeCloseTo(0.2, 1);
  });

  test('leaves out the unlikely tail beyond nine tenths', () => {
    expect([...draws([Math.log(0.6), Math.log(0.35), Math.log(0.05)], 1).keys()].toSorted()).toEqual([0, 1]);
  });

  test('leaves out all but the forty most likely', () => {
    const logits = Array.from({ length: 100 }, (_, id) => (id % 2 === 0 ? 0 : -0.001));
    const kept = [...draws(logits, 1).keys()];
    expect(kept.length).toBeLessThanOrEqual(40);
    expect(kept.every((id) => id % 2 === 0)).toBe(true);
  });

  test('a low temperature comes close to greedy', () => {
    expect([...draws([1, 0.5, 0.4], 0.02).keys()]).toEqual([0]);
  });

  test('equal seeds draw equally, other seeds and streams differently', () => {
    const sequence = (seed: number, stream: number) => Array.from({ length: 5 }, seededRandom(seed, stream));
    expect(sequence(1, 0)).toEqual(sequence(1, 0));
    expect(sequence(1, 0)).not.toEqual(sequence(2, 0));
    expect(sequence(1, 0)).not.toEqual(sequence(1, 1));
    for (const value of sequence(3, 3)) expect(value).toSatisfy((x: number) => x >= 0 && x < 1);
  });
});

test('log-probabilities add up to one and survive large logits', () => {
  const logits = new Float32Array([1000, 999, 0]);
  const total = [0, 1, 2].reduce((sum, id) => sum + Math.exp(logProbability(logits, id)), 0);
  expect(total).toBeCloseTo(1, 6);
  expect(logProbability(logits, 0)).toBeCloseTo(-Math.log(1 + Math.exp(-1)), 6);
});
