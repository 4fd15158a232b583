import { describe, expect, test } from 'vitest';
import type { ThreadChange } from './thread-choice.ts';
import { createThreadChoice } from './thread-choice.ts';

/** Plays `updates` updates on a machine whose speed depends on the threads and the update. */
function play(
  startThreads: number,
  updates: number,
  speed: (threads: number, update: number) => number,
  coresUsed?: (threads: number, update: number) => number,
) {
  const choice = createThreadChoice(startThreads);
  let threads = startThreads;
  const used: number[] = [];
  const changes: ThreadChange[] = [];
  for (let update = 0; update < updates; update++) {
    used.push(threads);
    const change = choice.observe(speed(threads, update), coresUsed?.(threads, update));
    if (change) changes.push(change);
    threads = change?.threads ?? threads;
  }
  return { used, threads, kept: changes.flatMap((change) => (change.kept ? [change.kept] : [])) };
}

const noise = (update: number): number => 1 + 0.15 * Math.sin(update * 12.9898);

describe('createThreadChoice', () => {
  test('leaves a steady machine alone', () => {
    expect(play(2, 500, (_, update) => 300 * noise(update)).used.every((threads) => threads === 2)).toBe(true);
  });

  test('takes one thread while another program has the second core', () => {
    const busy = play(2, 60, (threads, update) => (update < 10 ? 300 : threads === 2 ? 60 : 170) * noise(update));
    expect(busy.kept).toEqual([{ from: 2, to: 1 }]);
    expect(busy.threads).toBe(1);
  });

  test('notices a machine that was busy from the start by the time its threads get', () => {
    const busy = play(
      2,
      60,
      (threads) => (threads === 2 ? 13 : 60),
      (threads) => (threads === 2 ? 0.6 : 0.8),
    );
    expect(busy.kept).toEqual([{ from: 2, to: 1 }]);
    expect(busy.used.indexOf(1)).toBeLessThan(5);
    const free = play(
      2,
      60,
      () => 300,
      () => 1.8,
    );
    expect(free.used.every((threads) => threads === 2)).toBe(true);
  });

  test('stays where fewer threads do not help', () => {
    const slow = play(4, 60, (threads, update) => (update < 10 ? 300 : 20 * threads) * noise(update));
    expect(slow.kept).toEqual([]);
    expect(slow.threads).toBe(4);
  });

  test('comes back when the machine is free again', () => {
    const freed = play(2, 400, (threads, update) => {
      const busy = update >= 10 && update < 60;
      return busy ? (threads === 2 ? 60 : 170) : threads === 2 ? 300 : 170;
    });
    expect(freed.kept).toEqual([
      { from: 2, to: 1 },
      { from: 1, to: 2 },
    ]);
  });

  test('spends little time comparing, however long the machine stays busy', () => {
    const { used, kept } = play(2, 2000, (threads, update) => (update < 10 ? 300 : threads === 2 ? 60 : 170));
    expect(kept).toEqual([{ from: 2, to: 1 }]);
    expect(used.slice(20).filter((threads) => threads === 2).length).toBeLessThan(30);
  });

  test('short and long examples do not look like a busy machine', () => {
    const mixed = play(2, 300, (_, update) => (update % 2 === 0 ? 160 : 400));
    expect(mixed.used.every((threads) => threads === 2)).toBe(true);
  });

  test('one thread stays one thread', () => {
    expect(play(1, 60, (_, update) => (update < 10 ? 300 : 20)).used.every((threads) => threads === 1)).toBe(true);
  });
});
