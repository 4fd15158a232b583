import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainEvent, TrainEventOf } from '#common/domain/train-event.ts';
import { createRandom } from './random.ts';
import type { ToyRun } from './testing/toy-run.ts';
import { collect, eventsOf, toyAnswers, toyExamples, toyRecipe, toyRun } from './testing/toy-run.ts';
import { toySession } from './testing/toy-session.ts';
import { train } from './train.ts';

const recipe = { ...toyRecipe, dropout: 0.2, checkpointEvery: 3, epochs: 6 };
const freshSession = () => toySession({ dropout: 0.2 });

/** Steps by update; where a resumed run repeats some, the repetition counts. */
function lossesOf(events: readonly TrainEvent[]): Map<number, number> {
  return new Map(eventsOf(events, 'step').map(({ update, loss }) => [update, loss]));
}

const resumed = (run: ToyRun, session = freshSession()): ToyRun => ({
  ...run,
  session,
  job: { ...run.job, resume: true },
  deps: { ...run.deps, session },
});

describe('a run that is interrupted and resumed', () => {
  test('equals an uninterrupted one bit for bit, wherever it was interrupted', async () => {
    await using whole = await toyRun({ job: { recipe }, session: freshSession(), deps: { answers: toyAnswers() } });
    const expected = await collect(train(whole.job, whole.deps));
    const random = createRandom(1);
    for (let round = 0; round < 6; round++) {
      await using folder = await toyRun({ job: { recipe }, session: freshSession(), deps: { answers: toyAnswers() } });
      let run: ToyRun = folder;
      const events: TrainEvent[] = [];
      // Walking away from the stream is what a crash looks like: nothing is saved on the way out.
      for (let life = 0; life < 3; life++) {
        let left = 2 + random.below(40);
        for await (const event of train(run.job, run.deps)) {
          events.push(event);
          if (--left === 0) break;
        }
        run = resumed(folder);
      }
      events.push(...(await collect(train(run.job, run.deps))));
      expect(lossesOf(events)).toEqual(lossesOf(expected));
      expect(run.session.readState()).toEqual(whole.session.readState());
      expect(events.at(-1)).toEqual(expected.at(-1));
      const own = await readFile(path.join(folder.job.runFolder, 'adapter.gguf'));
      expect(own.equals(await readFile(path.join(whole.job.runFolder, 'adapter.gguf')))).toBe(true);
    }
  });

  test('loses at most one checkpoint interval', async () => {
    for (let crashAt = 1; crashAt <= 24; crashAt++) {
      await using folder = await toyRun({ job: { recipe }, session: freshSession() });
      for await (const event of train(folder.job, folder.deps)) {
        if (event.type === 'step' && event.update === crashAt) break;
      }
      const run = resumed(folder);
      for await (const event of train(run.job, run.deps)) {
        expect(event).toMatchObject({ type: 'start' });
        expect((event as TrainEventOf<'start'>).update).toBeGreaterThanOrEqual(crashAt - recipe.checkpointEvery);
        break;
      }
    }
  });

  test('a finished run that is resumed ends at once with the same adapter', async () => {
    await using run = await toyRun({ job: { recipe }, session: freshSession() });
    const done = (await collect(train(run.job, run.deps))).at(-1);
    const again = resumed(run);
    const events = await collect(train(again.job, again.deps));
    expect(events.map(({ type }) => type)).toEqual(['start', 'artifact', 'done']);
    expect(events.at(-1)).toEqual(done);
  });

  test('resuming where nothing was saved begins', async () => {
    await using run = await toyRun();
    const again = resumed(run);
    expect((await collect(train(again.job, again.deps))).at(-1)).toMatchObject({ outcome: 'finished' });
  });
});

describe('pause', () => {
  test('finishes the update, saves, and goes on to the same end', async () => {
    await using whole = await toyRun({ job: { recipe }, session: freshSession(), deps: { answers: toyAnswers() } });
    const expected = await collect(train(whole.job, whole.deps));
    for (const pauseAfter of [1, 4, 7, 20]) {
      await using folder = await toyRun({ job: { recipe }, session: freshSession(), deps: { answers: toyAnswers() } });
      const events: TrainEvent[] = [];
      let pausing = false;
      for await (const event of train(folder.job, { ...folder.deps, shouldPause: () => pausing })) {
        events.push(event);
        if (event.type === 'step' && event.update === pauseAfter) pausing = true;
      }
      expect(events.at(-2)).toMatchObject({ type: 'checkpoint', update: pauseAfter });
      expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'paused', update: pauseAfter });
      const run = resumed(folder);
      events.push(...(await collect(train(run.job, run.deps))));
      expect(lossesOf(events)).toEqual(lossesOf(expected));
      expect(events.at(-1)).toEqual(expected.at(-1));
    }
  });

  test('in the middle of an evaluation: the evaluation is repeated after resuming', async () => {
    let pausing = false;
    const answers = toyAnswers({
      check: (items, signal) =>
        pausing
          ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
          : Promise.resolve(items.map(() => ({ passed: true }))),
    });
    await using folder = await toyRun({ job: { recipe }, session: freshSession(), deps: { answers } });
    const events: TrainEvent[] = [];
    for await (const event of train(folder.job, { ...folder.deps, shouldPause: () => pausing })) {
      events.push(event);
      // The held-out loss is told, the answers are still to come.
      if (event.type === 'evaluation' && event.update === 4) pausing = true;
    }
    expect(events.at(-1)).toMatchObject({ outcome: 'paused', update: 4 });
    expect(eventsOf(events, 'answers')).toEqual([]);
    pausing = false;
    const run = resumed(folder);
    const later = await collect(train(run.job, run.deps));
    expect(eventsOf(later, 'answers').map(({ update }) => update)).toEqual([4, 8, 12, 16, 20, 24]);
    expect(eventsOf(later, 'step')[0]?.update).toBe(5);
  });
});

describe('cancel', () => {
  test('rejects quickly in the middle of an update, and the last checkpoint is usable', async () => {
    const controller = new AbortController();
    let packs = 0;
    const session = toySession({
      beforePack: (_, signal) =>
        ++packs < 10
          ? undefined
          : new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => reject(new Error('stopped in the middle')));
            }),
    });
    await using folder = await toyRun({ session, deps: { signal: controller.signal } });
    let lastStep = 0;
    const startedMs = performance.now();
    const cancelled = (async () => {
      for await (const event of train(folder.job, folder.deps)) if (event.type === 'step') lastStep = event.update;
    })();
    setTimeout(() => controller.abort(), 300);
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - startedMs).toBeLessThan(2000);
    const run = resumed({ ...folder, deps: { ...folder.deps, signal: new AbortController().signal } }, toySession());
    const events = await collect(train(run.job, run.deps));
    expect(lastStep).toBeGreaterThan(toyRecipe.checkpointEvery);
    expect(eventsOf(events, 'start')[0]?.update).toBeGreaterThanOrEqual(lastStep - toyRecipe.checkpointEvery);
    expect(events.at(-1)).toMatchObject({ outcome: 'finished' });
  });

  test('stops while answers are generated', async () => {
    const controller = new AbortController();
    const answers = toyAnswers({
      check: async (items, signal) => {
        controller.abort();
        signal.throwIfAborted();
        return items.map(() => ({ passed: true }));
      },
    });
    await using run = await toyRun({ deps: { answers, signal: controller.signal } });
    await expect(collect(train(run.job, run.deps))).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what a resumed run refuses or survives', () => {
  const begun = async (run: ToyRun): Promise<void> => {
    for await (const event of train(run.job, run.deps)) if (event.type === 'step' && event.update === 8) break;
  };

  test.each([
    ['another base', { base: 'another' }, /the base model/],
    ['other examples', { examples: { ...toyExamples, train: toyExamples.train.slice(1) } }, /the training examples/],
    ['another recipe', { recipe: { ...toyRecipe, learningRate: 1, seed: 9 } }, /seed, learningRate/],
  ])('%s', async (_, change, message) => {
    await using run = await toyRun();
    await begun(run);
    const again = resumed(run, toySession());
    const refused = collect(train({ ...again.job, ...change }, again.deps));
    await expect(refused).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message) as string,
    });
  });

  test('other threads, devices and packs are fine', async () => {
    await using run = await toyRun();
    await begun(run);
    const again = resumed(run, toySession());
    const other = { ...toyRecipe, threads: 'auto', device: 'auto', packTokens: 50 } as const;
    const events = await collect(train({ ...again.job, recipe: other }, again.deps));
    expect(events.at(-1)).toMatchObject({ outcome: 'finished' });
  });

  test('a damaged checkpoint leads to the one before, and is set aside', async () => {
    await using run = await toyRun({ job: { recipe }, session: freshSession() });
    await begun(run);
    const folder = path.join(run.job.runFolder, 'checkpoints');
    const [older, newest = ''] = (await readdir(folder)).toSorted();
    const bytes = await readFile(path.join(folder, newest));
    bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
    await writeFile(path.join(folder, newest), bytes);

    await using whole = await toyRun({ job: { recipe }, session: freshSession() });
    const expected = await collect(train(whole.job, whole.deps));
    const again = resumed(run);
    const events = await collect(train(again.job, again.deps));
    expect(older).toContain(String(eventsOf(events, 'start')[0]?.update));
    expect(events[1]).toMatchObject({ type: 'notice', code: 'checkpoint-damaged' });
    expect(eventsOf(events, 'step').at(-1)?.loss).toBe(eventsOf(expected, 'step').at(-1)?.loss);
    expect(await readdir(folder)).toContain(`${newest}.unreadable`);
  });

  test('where every checkpoint is damaged it says so', async () => {
    await using run = await toyRun();
    await begun(run);
    const folder = path.join(run.job.runFolder, 'checkpoints');
    for (const name of await readdir(folder)) await writeFile(path.join(folder, name), 'TUNECKPT and then nonsense');
    const again = resumed(run, toySession());
    await expect(collect(train(again.job, again.deps))).rejects.toMatchObject({ code: 'checkpoint-unreadable' });
  });
});
