import { expect, test } from 'vitest';
import { createThreadPace, type ThreadPace } from './thread-pace.ts';

/** Runs steps on an imagined machine; answers the share of steps that used `most` threads. */
function run(pace: ThreadPace, steps: number, stepMs: (threads: number) => number, sequences = () => 4): number {
  let withMost = 0;
  for (let i = 0; i < steps; i++) {
    const { threads } = pace;
    if (threads > 1) withMost++;
    pace.observe(stepMs(threads), sequences());
  }
  return withMost / steps;
}
const free = (threads: number) => 100 / threads;
const crowded = (threads: number) => (threads > 1 ? 500 : 100);

test('on a free machine it uses what it was given, but for a few trials', () => {
  expect(run(createThreadPace(2), 1000, free)).toBeGreaterThan(0.97);
});

test('on a crowded machine it soon works alone', () => {
  const pace = createThreadPace(2);
  expect(run(pace, 20, crowded)).toBeLessThan(0.6);
  expect(run(pace, 1000, crowded)).toBeLessThan(0.03);
});

test('it comes back when the machine is free again', () => {
  const pace = createThreadPace(4);
  run(pace, 30, crowded);
  expect(pace.threads).toBe(1);
  run(pace, 200, free);
  expect(run(pace, 200, free)).toBeGreaterThan(0.95);
});

test('a small difference changes nothing', () => {
  const pace = createThreadPace(2);
  expect(run(pace, 1000, (threads) => (threads > 1 ? 105 : 100))).toBeGreaterThan(0.97);
});

test('steps over changing numbers of answers are not compared', () => {
  let step = 0;
  const pace = createThreadPace(2);
  run(pace, 200, crowded, () => step++ % 4);
  expect(pace.threads).toBe(1);
  const never = createThreadPace(2);
  const large = () => (step++ % 2 === 0 ? 8 : 1);
  const times = () => (step % 2 === 0 ? 800 : 100);
  run(never, 200, times, large);
  run(never, 12, free, () => 4);
  expect(run(never, 100, free)).toBeGreaterThan(0.9);
});

test('one thread stays one thread', () => {
  expect(run(createThreadPace(1), 10, free)).toBe(0);
});
