/** What a training survives, through the window's contract: reloads, restarts, deaths of the engine, full disks; and its early ends. */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { childrenOf } from '../support/cli.ts';
import { draftReady, isAtRest, startTraining, until, updatesOf } from '../support/trainings.ts';
import { openTestWindow } from '../support/window.ts';

const isLinux = process.platform === 'linux';
const oneTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);

/** The engine processes of this one. */
function killEngines(): number {
  const engines = childrenOf(process.pid).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine/host'),
  );
  for (const pid of engines) process.kill(pid, 'SIGKILL');
  return engines.length;
}

test('a training makes running rehearsals give way; a second training is refused in words and leaves no run behind', async () => {
  await using window = openTestWindow();
  const { client, home } = window;
  const draft = await draftReady(client, home);
  const { preset, overrides } = await client.drafts.get({ id: draft });
  // Newer ones end the ones before, however quickly they follow each other; the training ends the last.
  const rehearsals = [1, 2, 3].map(() =>
    client.training.rehearse({ draft, preset, overrides }).then(
      () => 'finished',
      (error: { code: string }) => error.code,
    ),
  );
  // They have been asked for, and their process cannot have started and finished by now, however quick the computer is.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const run = await startTraining(client, draft);
  expect(await Promise.all(rehearsals)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  await until(client, run, ({ steps }) => steps.length > 3);
  await expect(startTraining(client, draft)).rejects.toMatchObject({
    code: 'run-busy',
    message: 'Another training is going on.',
  });
  await expect(client.training.rehearse({ draft, preset, overrides })).rejects.toMatchObject({ code: 'run-busy' });
  expect(await client.runs.list({})).toHaveLength(1);
  await client.training.cancel({ run });
  expect((await client.runs.list({}))[0]?.state.phase).toBe('cancelled');
});

test('paused, reloaded, resumed: nothing is lost, and the questions are asked again; the end says which version is kept', async () => {
  await using window = openTestWindow();
  const { client, home, reload } = window;
  const draft = await draftReady(client, home, { epochs: 6 });
  const run = await startTraining(client, draft, ['Say violet']);
  await until(client, run, ({ steps }) => steps.length > 20);
  await client.training.pause({ run });
  const paused = await until(client, run, isAtRest);
  expect(paused.state.phase).toBe('paused');
  const again = reload();
  expect(updatesOf(await until(again, run, () => true))).toEqual(updatesOf(paused));
  await again.training.resume({ run });
  const done = await until(again, run, isAtRest);
  expect(done.state.phase).toBe('done');
  expect(updatesOf(done)).toEqual(oneTo(done.state.progress?.totalUpdates ?? 0));
  expect(done.state.progress?.trained?.reason).toMatch(/Kept the version after update \d+: it got \d of 2/);
  const asked = done.samples.filter(({ prompt }) => prompt === 'Say violet').map(({ update }) => update);
  expect(Math.max(...asked)).toBe(done.state.progress?.totalUpdates);
});

describe('ended early', () => {
  test('while it goes on: the best version so far is kept, and can be shrunk', async () => {
    await using window = openTestWindow();
    const { client, home } = window;
    const run = await startTraining(client, await draftReady(client, home));
    await until(client, run, ({ answers }) => answers.some(({ update }) => update > 0));
    await client.training.keep({ run });
    const kept = await until(client, run, isAtRest);
    expect(kept.state.phase).toBe('done');
    const trained = kept.state.progress?.trained;
    expect(trained?.keptUpdate).toBeGreaterThan(0);
    expect(trained?.keptUpdate).toBeLessThan(kept.state.progress?.totalUpdates ?? 0);
    expect(existsSync(path.join(home, 'data', 'runs', run, trained?.adapter.path ?? ''))).toBe(true);
    await client.shrinking.start({ run, quants: ['F16'], measure: false });
    for await (const { choices, failure } of client.shrinking.watch({ run })) {
      expect(failure).toBeNull();
      if (choices.some(({ quant, made }) => quant === 'F16' && made !== null)) break;
    }
  });

  test('before any version was checked: refused, and the run is as it was', async () => {
    await using window = openTestWindow();
    const { client, home } = window;
    const run = await startTraining(client, await draftReady(client, home, { batchSize: 1 }, 1000));
    await until(client, run, ({ steps }) => steps.length > 0);
    await client.training.pause({ run });
    const paused = await until(client, run, isAtRest);
    if (paused.answers.some(({ update }) => update > 0)) throw new Error('paused too late for this test');
    await expect(client.training.keep({ run })).rejects.toMatchObject({ code: 'bad-request' });
    expect((await until(client, run, () => true)).state).toEqual(paused.state);
  });
});

describe.skipIf(!isLinux)('processes that die (found through /proc)', () => {
  test('the engine: it is started again by itself, and every update has one loss; a second death at once is told, and going on works', async () => {
    await using window = openTestWindow();
    const { client, home } = window;
    const run = await startTraining(client, await draftReady(client, home));
    await until(client, run, ({ steps }) => steps.length > 12);
    expect(killEngines()).toBeGreaterThan(0);
    const restarted = await until(client, run, ({ notices }) =>
      notices.some(({ code }) => code === 'engine-restarted'),
    );
    expect(restarted.notices.at(-1)?.message).toMatch(/ended from outside.*goes on from the newest checkpoint/);
    // Killed again and again before it gets anywhere, it stays interrupted and says why.
    const killing = setInterval(killEngines, 100);
    const interrupted = await until(client, run, ({ state }) => state.phase === 'interrupted');
    clearInterval(killing);
    const settled = await until(client, run, ({ live }) => !live);
    expect(settled.state).toMatchObject({
      phase: 'interrupted',
      failure: { code: 'process-died', message: expect.stringMatching(/ended from outside/) as string },
    });
    await client.training.resume({ run });
    const done = await until(client, run, isAtRest);
    expect(done.state.phase).toBe('done');
    expect(done.steps.length).toBeGreaterThan(interrupted.steps.length);
    expect(updatesOf(done)).toEqual(oneTo(done.state.progress?.totalUpdates ?? 0));
  });

  test('the app: the run is interrupted, and goes on from its newest checkpoint', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'tunesmith-crash-'));
    try {
      let draft = '';
      {
        await using window = openTestWindow(home);
        draft = await draftReady(window.client, home);
      }
      const child = fork(path.resolve(import.meta.dirname, '../support/training-child.ts'), [home, draft]);
      const { promise: died, resolve } = Promise.withResolvers<void>();
      let seen = { run: '', update: 0, checkpoint: 0 };
      child.on('message', (message) => {
        seen = message as typeof seen;
        if (seen.update > 12) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
      await died;
      await using window = openTestWindow(home);
      const { client } = window;
      expect((await client.drafts.get({ id: draft })).run).toBe(seen.run);
      const found = await until(client, seen.run, () => true);
      expect(found.state.phase).toBe('interrupted');
      expect(found.live).toBe(false);
      expect(found.state.progress?.checkpoint).toBeGreaterThanOrEqual(seen.checkpoint);
      await client.training.resume({ run: seen.run });
      const done = await until(client, seen.run, isAtRest);
      expect(done.state.phase).toBe('done');
      // The engine outlives the app by a moment: what it saved then is not done twice, and has no recorded loss.
      const updates = updatesOf(done);
      expect(updates).toEqual([...new Set(updates)].toSorted((a, b) => a - b));
      expect(updates.at(-1)).toBe(done.state.progress?.totalUpdates);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

const small = mkdtempSync(path.join(tmpdir(), 'tunesmith-small-disk-'));
const mount = (options: string): boolean =>
  isLinux && spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', small]).status === 0;
const mayMount = mount('size=1m') && spawnSync('umount', [small]).status === 0;
afterAll(() => {
  spawnSync('umount', [small]);
  rmSync(small, { recursive: true, force: true });
});

test.skipIf(!mayMount)(
  'a disk that fills up (needs the right to mount): told in words, and it goes on when there is room',
  async () => {
    expect(mount('size=64m')).toBe(true);
    await using window = openTestWindow(small);
    const { client } = window;
    const run = await startTraining(client, await draftReady(client, small, { checkpointEvery: 1 }));
    await until(client, run, ({ steps }) => steps.length > 4);
    // What is left of the disk is taken away, as another program would.
    mkdirSync(path.join(small, 'other'));
    for (let n = 0; ; n += 1) {
      try {
        writeFileSync(path.join(small, 'other', String(n)), new Uint8Array(n < 200 ? 400_000 : 1000));
      } catch {
        break;
      }
    }
    // Shown at once, though the record may have no room for it either.
    const full = await until(client, run, ({ live }) => !live);
    expect(full.state).toMatchObject({ phase: 'failed', failure: { code: 'disk-full' } });
    rmSync(path.join(small, 'other'), { recursive: true });
    await client.training.resume({ run });
    const done = await until(client, run, isAtRest);
    expect(done.state.phase).toBe('done');
    // What the engine did while the record had no room is learned and saved, though its losses were never written down.
    const updates = updatesOf(done);
    expect(updates).toEqual([...new Set(updates)].toSorted((a, b) => a - b));
    expect(updates.at(-1)).toBe(done.state.progress?.totalUpdates);
    expect(updates.slice(0, full.steps.length)).toEqual(updatesOf(full));
  },
);

test('a run that did not fit goes on with other knobs of memory, and keeps them', async () => {
  await using window = openTestWindow();
  const { client, home } = window;
  const run = await startTraining(client, await draftReady(client, home));
  await until(client, run, ({ steps }) => steps.length > 3);
  await client.training.pause({ run });
  await until(client, run, isAtRest);
  await client.training.resume({ run, changes: { packTokens: 40, gradientCheckpointing: 'on' } });
  const started = await until(client, run, ({ live, start, steps }) => live && start?.update !== 0 && steps.length > 5);
  expect(started.start?.gradientCheckpointing).toBe(true);
  await client.training.pause({ run });
  await until(client, run, isAtRest);
  await client.training.resume({ run });
  const done = await until(client, run, isAtRest);
  expect(done.state.phase).toBe('done');
  expect(done.start?.gradientCheckpointing).toBe(true);
});

test('a program that judges answers runs only after it was allowed for this project or run', async () => {
  await using window = openTestWindow();
  const { client, home } = window;
  const draft = await draftReady(client, home, { epochs: 1 });
  const other = await draftReady(client, home);
  const mark = path.join(home, 'it-ran');
  const program = path.join(home, 'check.mjs');
  writeFileSync(program, `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(mark)}, '');`);
  const check = { kind: 'command' as const, program: process.execPath, args: [program] };
  const { preset, overrides } = await client.drafts.get({ id: draft });
  const order = { draft, preset, overrides, check };
  const refusal = { code: 'check-not-allowed', message: expect.stringContaining(program) as string };
  await expect(client.training.start(order)).rejects.toMatchObject(refusal);
  await expect(client.training.tryCheck({ subject: draft, check, expected: '', answer: '' })).rejects.toMatchObject(
    refusal,
  );
  expect(existsSync(mark)).toBe(false);
  await client.training.allowCheck({ subject: draft, check });
  expect((await client.training.tryCheck({ subject: draft, check, expected: '', answer: '' })).passed).toBe(true);
  expect(existsSync(mark)).toBe(true);
  // Allowed here is not allowed there, and other arguments are another program.
  await expect(client.training.start({ ...order, draft: other })).rejects.toMatchObject(refusal);
  const more = { ...check, args: [program, '--more'] };
  await expect(client.training.start({ ...order, check: more })).rejects.toMatchObject(refusal);
  const { run } = await client.training.start(order);
  expect((await until(client, run, isAtRest)).state.phase).toBe('done');
});
