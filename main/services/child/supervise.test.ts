import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { wireChildContract } from '../../../tests/support/wire-child.ts';
import { supervise, type Supervised } from './supervise.ts';

const entry = join(import.meta.dirname, '../../../tests/support/wire-child.ts');
let folder: string;
let logFile: string;
let child: Supervised<typeof wireChildContract>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  logFile = join(folder, 'logs', 'engine.log');
  child = supervise(wireChildContract, {
    ...{ entry, part: 'training engine', logFile, cancelGraceMs: 150 },
    repeatable: ['slowPid'],
  });
});
afterEach(async () => {
  await child[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function failureOf(work: Promise<unknown>): Promise<TunesmithError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(TunesmithError);
  return thrown as TunesmithError;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('starts at the first call and keeps the child', async () => {
  expect(child.pid).toBeUndefined();
  const pid = await child.client.pid({});
  expect(child.pid).toBe(pid);
  expect(await child.client.pid({})).toBe(pid);
});

test.each([
  ['abort', /check inside.*GGML_ASSERT/],
  ['kill', /ended from outside/],
  ['segv', /crashed/],
  ['exit', /before its work was done/],
  ['throw', /out of the blue/],
] as const)('a death by %s ends open calls in plain words, and the next call starts anew', async (how, words) => {
  const before = await child.client.pid({});
  const bystander = failureOf(child.client.hang({ heedsCancel: true }));
  const error = await failureOf(child.client.die({ how }));
  expect(error).toMatchObject({ code: 'process-died', retryable: true });
  expect(error.message).toMatch(words);
  expect((await bystander).code).toBe('process-died');
  if (how !== 'exit') expect(readFileSync(logFile, 'utf8')).toContain(`about to ${how}`);
  expect(await child.client.pid({})).not.toBe(before);
});

test('a stream that dies gives what came before, then says so', async () => {
  const ticks: number[] = [];
  const work = (async () => {
    for await (const tick of child.client.ticks({ dieAt: 4 })) ticks.push(tick);
  })();
  expect((await failureOf(work)).code).toBe('process-died');
  expect(ticks).toEqual([0, 1, 2, 3]);
});

test('a cancel that is heeded keeps the child', async () => {
  const pid = await child.client.pid({});
  const controller = new AbortController();
  const work = failureOf(child.client.hang({ heedsCancel: true }, controller.signal));
  setTimeout(() => controller.abort(), 20);
  expect((await work).code).toBe('cancelled');
  expect(await child.client.pid({})).toBe(pid);
});

test('a cancel that is not heeded ends the child and still reads as cancelled', async () => {
  const pid = await child.client.pid({});
  const controller = new AbortController();
  const work = failureOf(child.client.hang({ heedsCancel: false }, controller.signal));
  controller.abort();
  expect((await work).code).toBe('cancelled');
  expect(await child.client.pid({})).not.toBe(pid);
});

test('what it answers beside a cancelled call that does not end is asked of the next child, if it may be', async () => {
  const pid = await child.client.pid({});
  const controller = new AbortController();
  const stuck = failureOf(child.client.hang({ heedsCancel: false }, controller.signal));
  const repeated = child.client.slowPid({ ms: 400 });
  const notRepeatable = failureOf(child.client.hang({ heedsCancel: true }));
  controller.abort();
  expect((await stuck).code).toBe('cancelled');
  const error = await notRepeatable;
  expect(error).toMatchObject({ code: 'process-died', retryable: true });
  expect(error.message).toMatch(/something else that it worked on could not be stopped/);
  const other = await repeated;
  expect(other).not.toBe(pid);
  expect(await child.client.pid({})).toBe(other);
  expect(isAlive(pid)).toBe(false);
});

test('leaving a stream that does not heed it ends the child in time', async () => {
  const pid = await child.client.pid({});
  for await (const tick of child.client.ticks({ heedsCancel: false })) if (tick === 2) break;
  expect(await child.client.pid({})).not.toBe(pid);
});

test('closing ends the child, busy or not, and leaves nothing running', async () => {
  const pid = await child.client.pid({});
  const open = failureOf(child.client.hang({ heedsCancel: false }));
  await child[Symbol.asyncDispose]();
  expect((await open).code).toBe('process-died');
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(logFile)).toBe(false);
  await failureOf(child.client.pid({}));
});

test('a bug in the child is told without its stack, which the log has', async () => {
  const pid = await child.client.pid({});
  const error = await failureOf(child.client.die({ how: 'bug' }));
  expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('one too many') });
  expect(readFileSync(logFile, 'utf8')).toMatch(/RangeError: one too many\n\s+at /);
  expect(await child.client.pid({})).toBe(pid);
});

test('a module that does not load is told, not hung upon', async () => {
  const broken = supervise(wireChildContract, { entry: join(folder, 'absent.ts'), part: 'chat' });
  const error = await failureOf(broken.client.pid({}));
  expect(error.code).toBe('process-died');
  expect(error.message).toMatch(/Cannot find module/);
});
