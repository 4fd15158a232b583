import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { childrenOf, runCli, startCli, workFolder, writeExamples, type Row } from '../support/cli.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const work = workFolder();
const { home } = work;
const base = work.file('tiny.gguf');
const data = work.file('examples.txt');
const checkpointEvery = 4;
const kills = 20;

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'llama', layers: 1 });
  writeExamples(data, 40);
});
afterAll(() => work[Symbol.dispose]());

/** A fixed sequence of numbers from 0 to below 1 (Park and Miller). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Kills the engine of a running command. True where there was one to kill. */
function killEngine(pid: number): boolean {
  const isEngine = (child: number): boolean => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('engine/host');
  try {
    const engine = childrenOf(pid).find(isEngine);
    if (engine === undefined) return false;
    process.kill(engine, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

test.skipIf(process.platform !== 'linux')(
  `kill -9 of the engine at random steps, ${kills} times: at most one checkpoint interval is done again, and no record is lost`,
  async () => {
    const random = numbers(20261123);
    const knobs = ['--rank', '4', '--threads', '1', '--max-answers', '0', '--batch', '2', '--held-out', '0'];
    const whole = ['--epochs', '12', '--checkpoint-every', String(checkpointEvery), '--json'];
    let run: string | undefined;
    let killed = 0;
    let last = 0;
    const losses = new Map<number, number>();
    const redone: number[] = [];
    for (let command = 0; command < 60; command += 1) {
      const args = run === undefined ? ['train', data, '--base', base, ...knobs, ...whole] : ['resume', run, '--json'];
      const running = startCli(args, { home });
      let left = Infinity;
      let seen = 0;
      const follow = (row: Row): void => {
        if (row.type === 'start') {
          run = String(row['run']);
          const from = row['update'] as number;
          if (last > 0) redone.push(last - from);
          left = 1 + Math.floor(random() * 9);
        }
        if (row.type === 'step') {
          last = row['update'] as number;
          // The same update gives the same loss, however often it is done.
          const before = losses.get(last);
          if (before !== undefined) expect(Math.abs((row['loss'] as number) - before)).toBeLessThan(1e-4);
          losses.set(last, row['loss'] as number);
          left -= 1;
          if (left === 0 && killed < kills && killEngine(running.child.pid ?? 0)) killed += 1;
        }
      };
      const poll = setInterval(() => {
        for (const row of running.rows().slice(seen)) {
          seen += 1;
          follow(row);
        }
      }, 2);
      const { code, stderr } = await running.finished;
      clearInterval(poll);
      for (const row of running.rows().slice(seen)) follow(row);
      if (code === 0) break;
      expect(code, stderr).toBe(1);
      expect(stderr).toContain(`tunesmith resume ${run}`);
      expect(stderr).toMatch(/ended from outside/);
    }
    expect(killed).toBe(kills);
    expect(redone.length).toBeGreaterThanOrEqual(kills);
    expect(Math.max(...redone)).toBeLessThanOrEqual(checkpointEvery);
    const shown = await runCli(['runs', run ?? '', '--json'], { home });
    expect(shown.rows[0]).toMatchObject({ phase: 'done' });
    const recorded = shown.rows.filter(({ type }) => type === 'step');
    const total = 12 * 20;
    expect(recorded.map(({ update }) => update)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    expect(readFileSync(path.join(home, 'logs', 'engine.log'), 'utf8')).toContain('SIGKILL');
  },
);

test.skipIf(process.platform !== 'linux')(
  'the engine’s death in other work is an error in words (finds it through /proc)',
  async () => {
    const big = work.file('big.txt');
    writeExamples(big, 4000);
    const running = startCli(['evaluate', big, '--base', base, '--json', '--threads', '1'], { home });
    const timer = setInterval(() => {
      if (killEngine(running.child.pid ?? 0)) clearInterval(timer);
    }, 50);
    const { code, stdout, stderr } = await running.finished;
    clearInterval(timer);
    expect(stderr).toMatch(/ended from outside/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  },
);
