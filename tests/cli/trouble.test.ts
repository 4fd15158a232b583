/** Places that cannot be written and disks that fill up. Needs the right to mount (CI has it); says so where it lacks it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, workFolder, writeExamples } from '../support/cli.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const work = workFolder();
const { home } = work;
const base = work.file('tiny.gguf');
const data = work.file('examples.txt');
const knobs = ['--rank', '4', '--threads', '1', '--max-answers', '0', '--held-out', '0', '--epochs', '1'];

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'llama', layers: 1 });
  writeExamples(data, 40);
});
afterAll(() => work[Symbol.dispose]());

test('a data folder or an output folder that cannot be: told in words, and nothing is changed', async () => {
  const file = work.file('in-the-way');
  writeFileSync(file, 'mine');
  const inside = await runCli(['runs'], { home: path.join(file, 'home') });
  expect(inside.code).toBe(1);
  expect(inside.stderr).toMatch(/in-the-way/);
  expect(inside.stderr).not.toMatch(/\n\s+at /);
  const out = path.join(file, 'out');
  const tuned = await runCli(['tune', data, '--base', base, '--out', out, '--json', ...knobs], { home });
  expect(tuned.code).toBe(1);
  expect(tuned.stderr).toMatch(/in-the-way/);
  // Found out before the training, not after it.
  expect(tuned.rows.filter(({ type }) => type === 'step')).toEqual([]);
});

/** A small disk of its own. */
function mount(place: string, options: string): boolean {
  mkdirSync(place, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).status === 0;
}

const probe = work.file('probe');
const mayMount = process.platform === 'linux' && mount(probe, 'size=1m');
if (mayMount) execFileSync('umount', [probe]);

describe.skipIf(!mayMount)('on a disk of its own (needs the right to mount)', () => {
  const small = work.file('small');
  const readOnly = work.file('read-only');
  afterAll(() => {
    for (const place of [small, readOnly]) spawnSync('umount', [place]);
  });

  test('a read-only folder', async () => {
    expect(mount(readOnly, 'size=1m,ro')).toBe(true);
    const inside = await runCli(['import', data], { home: path.join(readOnly, 'home') });
    expect(inside.code).toBe(1);
    expect(inside.stderr).toMatch(/read-only\/home (may not be written|could not be made)/);
    const saved = await runCli(['import', data, '--out', path.join(readOnly, 'x.jsonl')], { home });
    expect(saved.code).toBe(1);
    expect(saved.stderr).toMatch(/may not be written/);
  });

  test('a disk that fills up in a training: told in words, and the run goes on when there is room', async () => {
    expect(mount(small, 'size=1400k')).toBe(true);
    const there = path.join(small, 'home');
    const full = await runCli(
      ['train', data, '--base', base, '--json', ...knobs, '--rank', '64', '--checkpoint-every', '1'],
      {
        home: there,
      },
    );
    expect(full.stderr).toMatch(/disk is full|not enough room/i);
    expect(full.stderr).not.toMatch(/\n\s+at /);
    expect(full.code).toBe(1);
    expect(spawnSync('mount', ['-o', 'remount,size=64m', small]).status).toBe(0);
    const { rows } = await runCli(['runs', '--json'], { home: there });
    const [run] = rows;
    if (run === undefined) return;
    const resumed = await runCli(['resume', String(run['id']), '--json'], { home: there });
    expect(resumed.stderr).not.toMatch(/disk is full/i);
    expect(resumed.code).toBe(0);
  });

  test('no room for the finished model: refused before writing, nothing half is left', async () => {
    spawnSync('umount', [small]);
    expect(mount(small, 'size=60k')).toBe(true);
    const trained = await runCli(['train', data, '--base', base, '--json', ...knobs], { home });
    const run = String(trained.rows[0]?.['run']);
    const { code, stderr } = await runCli(['shrink', run, '--quant', 'F32', '--out', small], { home });
    expect(code).toBe(1);
    expect(stderr).toMatch(/room|full/i);
    expect(readdirSync(small)).toEqual([]);
    expect((await runCli(['shrink', run, '--quant', 'F32'], { home })).code).toBe(0);
    expect(existsSync(path.join(home, 'runs', run, 'model-F32.gguf'))).toBe(true);
  });
});
