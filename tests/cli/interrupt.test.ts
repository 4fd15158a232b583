import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, startCli, workFolder, writeExamples, type Row } from '../support/cli.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const work = workFolder();
const { home } = work;
const base = work.file('tiny.gguf');
const data = work.file('examples.txt');
const knobs = [
  '--rank',
  '4',
  '--threads',
  '1',
  '--max-answers',
  '0',
  '--batch',
  '2',
  '--checkpoint-every',
  '5',
  '--held-out',
  '0',
];

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'llama', layers: 1 });
  writeExamples(data, 40);
});
afterAll(() => work[Symbol.dispose]());

const steps = (rows: readonly Row[]) => rows.filter(({ type }) => type === 'step');
const runOf = (rows: readonly Row[]) => String(rows[0]?.['run']);
const phaseOf = async (run: string) => (await runCli(['runs', run, '--json'], { home })).rows[0]?.['phase'];

test('Ctrl-C pauses after a checkpoint, prints how to go on, and going on equals never having stopped', async () => {
  const args = [data, '--base', base, '--epochs', '3', '--seed', '5', ...knobs];
  const whole = await runCli(['train', ...args, '--json'], { home });
  expect(whole.code).toBe(0);

  const out = work.file('paused-out');
  const running = startCli(['tune', ...args, '--out', out, '--json'], { home });
  await running.waitFor((row) => row.type === 'step' && row['update'] === 7);
  running.child.kill('SIGINT');
  const paused = await running.finished;
  expect(paused.code).toBe(130);
  const run = runOf(paused.rows);
  expect(paused.stderr).toContain(`tunesmith resume ${run}`);
  expect(paused.rows.at(-1)).toMatchObject({ type: 'done', outcome: 'paused' });
  expect(paused.rows.at(-2)).toMatchObject({ type: 'checkpoint', update: paused.rows.at(-1)?.['update'] });
  expect(await phaseOf(run)).toBe('paused');
  expect(existsSync(`${out}/adapter.gguf`)).toBe(false);

  const resumed = await runCli(['resume', run, '--json'], { home });
  expect(resumed.code).toBe(0);
  const losses = [...steps(paused.rows), ...steps(resumed.rows)].map(({ loss }) => loss as number);
  const expected = steps(whole.rows).map(({ loss }) => loss as number);
  expect(losses).toHaveLength(expected.length);
  for (const [at, loss] of losses.entries()) expect(Math.abs(loss - (expected[at] ?? 0))).toBeLessThan(1e-4);
  // What `tune` was asked for happens after all.
  expect(existsSync(`${out}/model-Q8_0.gguf`)).toBe(true);
  expect(await phaseOf(run)).toBe('done');
  expect((await runCli(['resume', run], { home })).code).toBe(2);
});

test('a second Ctrl-C stops within two seconds, and the run can still be resumed', async () => {
  const running = startCli(['train', data, '--base', base, '--epochs', '500', '--json', ...knobs], { home });
  await running.waitFor((row) => row.type === 'checkpoint' && (row['update'] as number) >= 5);
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 5));
  running.child.kill('SIGINT');
  const asked = performance.now();
  const stopped = await running.finished;
  expect(stopped.code).toBe(130);
  expect(performance.now() - asked).toBeLessThan(5000);
  const run = runOf(stopped.rows);
  const resumed = startCli(['resume', run, '--json'], { home });
  const start = await resumed.waitFor((row) => row.type === 'start');
  expect(start['update']).toBeGreaterThanOrEqual(5);
  resumed.child.kill('SIGTERM');
  expect((await resumed.finished).code).toBe(130);
});

test('Ctrl-C while nothing can be resumed yet just stops', async () => {
  const running = startCli(['chat', '--base', base, '--device', 'cpu', '--threads', '1'], { home });
  await running.hears('Write a question');
  running.child.kill('SIGINT');
  const { code, stdout } = await running.finished;
  expect(stdout).toBe('');
  expect(code).toBe(130);
});

test('a reader that leaves ends it quietly', async () => {
  const running = startCli(['preview', data, '--base', base, '--json'], { home });
  running.child.stdout.once('data', () => running.child.stdout.destroy());
  const { code, stderr } = await running.finished;
  expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  expect(code).toBe(0);
});

test('kill -9 of the command itself leaves a run that is found interrupted and can be resumed', async () => {
  const running = startCli(['train', data, '--base', base, '--epochs', '500', '--json', ...knobs], { home });
  const first = await running.waitFor((row) => row.type === 'checkpoint' && (row['update'] as number) >= 5);
  running.child.kill('SIGKILL');
  await running.finished;
  const run = String(first['run']);
  const shown = await runCli(['runs', run, '--json'], { home });
  expect(shown.rows[0]).toMatchObject({ phase: 'interrupted' });
  expect(shown.stderr).toContain(`tunesmith resume ${run}`);
  expect(steps(shown.rows).length).toBeGreaterThanOrEqual(5);
  const resumed = startCli(['resume', run, '--json'], { home });
  expect((await resumed.waitFor((row) => row.type === 'start'))['update']).toBeGreaterThanOrEqual(5);
  resumed.child.kill('SIGINT');
  expect((await resumed.finished).code).toBe(130);
});
