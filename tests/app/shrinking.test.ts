/** Shrinking through the window's contract: measured sizes, reload, cancel, a full disk, deleting a file. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ShrinkState } from '#common/contract/app/shrinking.ts';
import { draftReady, isAtRest, startTraining, until, type WindowClient } from '../support/trainings.ts';
import { openTestWindow } from '../support/window.ts';

const knobs = { epochs: 1, heldOut: 0.25 };

async function trained(client: WindowClient, home: string): Promise<string> {
  const run = await startTraining(client, await draftReady(client, home, knobs));
  expect((await until(client, run, isAtRest)).state.phase).toBe('done');
  return run;
}

async function untilShrunk(
  client: WindowClient,
  run: string,
  fits: (state: ShrinkState) => boolean,
): Promise<ShrinkState> {
  for await (const state of client.shrinking.watch({ run })) if (fits(state)) return state;
  throw new Error('The watch ended by itself.');
}

const isIdle = ({ work, waiting }: ShrinkState): boolean => work === null && waiting.length === 0;

test('sizes are made and measured, found again by a reloaded window; each answer is kept; a file is deleted with its bytes', async () => {
  await using window = openTestWindow();
  const { client, home, reload } = window;
  const run = await trained(client, home);
  expect((await untilShrunk(client, run, () => true)).why).toEqual({ kind: 'default' });
  await client.shrinking.start({ run, quants: ['F16', 'Q8_0'] });
  await expect(client.shrinking.remove({ run, quant: 'F16' })).rejects.toMatchObject({ code: 'run-busy' });
  const again = reload();
  await untilShrunk(again, run, ({ work }) => work !== null);
  const done = await untilShrunk(again, run, isIdle);
  expect(done.failure).toBeNull();
  const [f16, q8] = ['F16', 'Q8_0'].map((quant) => done.choices.find((choice) => choice.quant === quant));
  expect(f16?.report).toMatchObject({ of: 10 });
  expect(q8?.made?.bytes).toBeLessThan(f16?.made?.bytes ?? 0);
  expect(done.whole?.of).toBe(10);
  expect(done.why.kind).toMatch(/answers|loss/);
  const answers = await again.shrinking.answers({ run });
  expect(answers).toHaveLength(10);
  expect(answers[0]?.answers.map(({ subject }) => subject)).toEqual(['adapter', 'F16', 'Q8_0']);

  const file = f16?.made?.path ?? '';
  expect(existsSync(file)).toBe(true);
  expect(await client.shrinking.remove({ run, quant: 'F16' })).toEqual({ freedBytes: f16?.made?.bytes });
  expect(existsSync(file)).toBe(false);
  const after = await untilShrunk(client, run, () => true);
  const gone = after.choices.find(({ quant }) => quant === 'F16');
  expect(gone).toMatchObject({ made: null, report: { of: 10 } });
  expect((await client.runs.detail({ run })).artifacts.some(({ quant }) => quant === 'F16')).toBe(false);
});

test('stopped in the middle: what is finished stays, nothing half is left, and it can be started again', async () => {
  await using window = openTestWindow();
  const { client, home } = window;
  const run = await trained(client, home);
  await client.shrinking.start({ run, quants: ['F16', 'Q8_0'] });
  await expect(client.shrinking.start({ run, quants: ['Q8_0'] })).rejects.toMatchObject({ code: 'run-busy' });
  await untilShrunk(client, run, ({ work }) => work !== null);
  await client.shrinking.cancel({ run });
  const stopped = await untilShrunk(client, run, isIdle);
  expect(stopped.failure).toBeNull();
  const folder = path.join(home, 'data', 'runs', run);
  const made = stopped.choices.filter((choice) => choice.made !== null).map(({ quant }) => `model-${quant}.gguf`);
  expect(readdirSync(folder).filter((name) => name.includes('model-'))).toEqual(made.toSorted());
  await client.shrinking.start({ run, quants: ['Q8_0'] });
  const done = await untilShrunk(client, run, isIdle);
  expect(done.choices.find(({ quant }) => quant === 'Q8_0')?.made).not.toBeNull();
});

const small = mkdtempSync(path.join(tmpdir(), 'tunesmith-small-disk-'));
const mount = (options: string): boolean =>
  process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', small]).status === 0;
const mayMount = mount('size=1m') && spawnSync('umount', [small]).status === 0;
afterAll(() => {
  spawnSync('umount', [small]);
  rmSync(small, { recursive: true, force: true });
});

test.skipIf(!mayMount)(
  'no room for a size (needs the right to mount): told in words, and made when there is room',
  async () => {
    expect(mount('size=160m')).toBe(true);
    await using window = openTestWindow(small);
    const { client } = window;
    const run = await trained(client, small);
    mkdirSync(path.join(small, 'other'));
    writeFileSync(path.join(small, 'other', 'file'), new Uint8Array(108e6));
    await client.shrinking.start({ run, quants: ['Q8_0'], measure: false });
    const full = await untilShrunk(client, run, isIdle);
    expect(full.failure).toMatchObject({ code: 'disk-full' });
    expect(full.choices.every(({ made }) => made === null)).toBe(true);
    rmSync(path.join(small, 'other'), { recursive: true });
    await client.shrinking.start({ run, quants: ['Q8_0'], measure: false });
    const done = await untilShrunk(client, run, isIdle);
    expect(done.failure).toBeNull();
    expect(done.choices.find(({ quant }) => quant === 'Q8_0')?.made).not.toBeNull();
  },
);
