import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { writeTinyModel } from '../../../tests/support/tiny-model.ts';
import { makeRecipe } from '../recipes/presets.ts';
import { openEngine } from './engine.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
const base = path.join(folder, 'tiny.gguf');
const trainPath = path.join(folder, 'train.jsonl');
const engine = openEngine({ logFile: path.join(folder, 'engine.log') });

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'gemma3', layers: 1 });
  const rows = Array.from({ length: 20 }, (_, n) => ({
    messages: [
      { role: 'user', content: `say ${n}` },
      { role: 'assistant', content: `${n}!` },
    ],
  }));
  writeFileSync(trainPath, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function training(name: string, epochs: number, signal?: AbortSignal): AsyncIterable<TrainEvent> {
  const runFolder = path.join(folder, name);
  mkdirSync(runFolder);
  const subject = { parameters: 1e5, contextLength: 512, examples: 20 };
  const recipe = makeRecipe('quick', subject, { epochs, batchSize: 4, heldOut: 0, threads: 1, rank: 4 });
  return engine.client.train({ runFolder, basePath: base, recipe, trainPath }, signal);
}

test('trains, and refuses other heavy work meanwhile but not small questions', async () => {
  const types: string[] = [];
  for await (const event of training('whole', 1)) {
    types.push(event.type);
    if (event.type !== 'start') continue;
    const texts = [{ prompt: 'a', continuation: ['b'] }];
    await expect(engine.client.score({ modelPath: base, texts })).rejects.toMatchObject({ code: 'run-busy' });
    expect((await engine.client.inspect({ path: base })).architecture).toBe('gemma3');
  }
  expect(types[0]).toBe('start');
  expect(types.filter((type) => type === 'step')).toHaveLength(5);
  expect(types.at(-1)).toBe('done');
});

test('pauses after a checkpoint', async () => {
  const events: TrainEvent[] = [];
  for await (const event of training('paused', 500)) {
    events.push(event);
    if (event.type === 'step' && event.update === 3) {
      await engine.client.pause({ runFolder: path.join(folder, 'paused') });
    }
  }
  const [checkpoint, done] = events.slice(-2);
  expect(done).toMatchObject({ type: 'done', outcome: 'paused' });
  expect(checkpoint).toMatchObject({ type: 'checkpoint', update: done?.type === 'done' ? done.update : -1 });
});

test('a cancel takes effect within two seconds and leaves the engine usable', async () => {
  await engine.client.devices({});
  const { pid } = engine;
  const controller = new AbortController();
  let cancelledMs = 0;
  const work = (async () => {
    for await (const event of training('cancelled', 500, controller.signal)) {
      if (event.type !== 'step' || event.update !== 3) continue;
      cancelledMs = performance.now();
      controller.abort();
    }
  })();
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TunesmithError);
  expect((error as TunesmithError).code).toBe('cancelled');
  expect(performance.now() - cancelledMs).toBeLessThan(2500);
  expect((await engine.client.inspect({ path: base })).supported).toBe(true);
  expect(engine.pid).toBe(pid);
});

test('an engine that dies in a training says so, and the next question starts it again', async () => {
  const work = (async () => {
    for await (const event of training('killed', 500)) {
      if (event.type === 'step' && event.update === 2) process.kill(engine.pid ?? 0, 'SIGKILL');
    }
  })();
  await expect(work).rejects.toMatchObject({ code: 'process-died', retryable: true });
  expect((await engine.client.inspect({ path: base })).supported).toBe(true);
});
