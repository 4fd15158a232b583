import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { trainEventSchema } from '#common/domain/train-event.ts';
import { measureFile } from './atomic-file.ts';
import { learningRateAt } from './schedule.ts';
import {
  collect,
  countingSequence,
  eventsOf,
  readToyAdapter,
  toyAnswers,
  toyExamples,
  toyGenerator,
  toyRecipe,
  toyRun,
} from './testing/toy-run.ts';
import { toySession } from './testing/toy-session.ts';
import { train } from './train.ts';

describe('train', () => {
  test('learns four examples by heart', async () => {
    const examples = { train: toyExamples.train.slice(0, 4), heldOut: [] };
    await using run = await toyRun({ job: { examples, recipe: { ...toyRecipe, epochs: 60, batchSize: 4 } } });
    const steps = eventsOf(await collect(train(run.job, run.deps)), 'step');
    expect(steps[0]?.loss).toBeCloseTo(Math.log(12), 4);
    expect(steps.at(-1)?.loss).toBeLessThan(0.05);
  });

  test('tells start, steps, evaluations, answers, samples, checkpoints, the adapter and done, all well-formed', async () => {
    await using run = await toyRun({ deps: { answers: toyAnswers() } });
    const events = await collect(train(run.job, run.deps));
    for (const event of events) expect(trainEventSchema.parse(event)).toEqual(event);

    expect(events[0]).toMatchObject({
      type: 'start',
      update: 0,
      totalUpdates: 16,
      trainExamples: 10,
      heldOutExamples: 3,
    });
    const steps = eventsOf(events, 'step');
    expect(steps.map(({ update }) => update)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    for (const { update, learningRate, etaSeconds, tokensPerSecond } of steps) {
      expect(learningRate).toBe(learningRateAt(update, 16, toyRecipe));
      expect(etaSeconds).toBeGreaterThanOrEqual(0);
      expect(tokensPerSecond).toBeGreaterThan(0);
    }
    expect(eventsOf(events, 'evaluation').map(({ update }) => update)).toEqual([0, 4, 8, 12, 16]);
    expect(eventsOf(events, 'answers').map(({ update, of }) => [update, of])).toEqual(
      [4, 8, 12, 16].map((update) => [update, 3]),
    );
    expect(eventsOf(events, 'sample').filter(({ update }) => update === 0)).toMatchObject([{ prompt: 'from one' }]);
    expect(eventsOf(events, 'sample').filter(({ update }) => update === 16)).toHaveLength(4);

    const [artifact] = eventsOf(events, 'artifact');
    expect(artifact).toMatchObject({ kind: 'adapter', path: path.join(run.job.runFolder, 'adapter.gguf') });
    expect(await measureFile(artifact?.path ?? '')).toEqual({ bytes: artifact?.bytes, sha256: artifact?.sha256 });
    expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'finished', update: 16 });
    expect((await readdir(run.job.runFolder)).toSorted()).toEqual(['adapter.gguf', 'candidates', 'checkpoints']);
    expect(await readdir(path.join(run.job.runFolder, 'checkpoints'))).toHaveLength(2);
  });

  test('held-out loss and accuracy are those of the held-out examples', async () => {
    await using run = await toyRun();
    const events = await collect(train(run.job, run.deps));
    const own = await run.session.evaluate(toyExamples.heldOut);
    expect(eventsOf(events, 'evaluation').at(-1)).toMatchObject({
      heldOutLoss: expect.closeTo(own.lossSum / own.weight, 10) as number,
      tokenAccuracy: own.correct / own.learned,
      learnedTokens: own.learned,
    });
  });

  test('how examples are packed changes nothing but float noise', async () => {
    const losses: number[][] = [];
    for (const packTokens of [4, 24, 1000]) {
      await using run = await toyRun({ job: { recipe: { ...toyRecipe, packTokens } } });
      losses.push(eventsOf(await collect(train(run.job, run.deps)), 'step').map(({ loss }) => loss));
    }
    const [first = [], ...others] = losses;
    for (const other of others)
      for (const [index, loss] of other.entries()) expect(loss).toBeCloseTo(first[index] ?? Number.NaN, 4);
  });

  test('keeps the version with the best answers, not the last', async () => {
    const passedAt = [1, 3, 3, 2];
    let evaluation = 0;
    const answers = toyAnswers({
      check: async (items) => {
        const passed = passedAt[evaluation++] ?? 0;
        return items.map((_, index) => ({ passed: index < passed }));
      },
    });
    await using run = await toyRun({ deps: { answers } });
    const candidates: Float32Array[] = [];
    for await (const event of train(run.job, run.deps)) {
      if (event.type === 'answers') candidates.push(run.session.readState().parameters);
      if (event.type !== 'done') continue;
      expect(event).toMatchObject({ keptUpdate: 12, update: 16 });
      expect(event.reason).toMatch(/3 of 3 .* 1 earlier version was just as good/);
    }
    expect(readToyAdapter(path.join(run.job.runFolder, 'adapter.gguf'))).toEqual(candidates[2]);
  });

  test('stops early when answers got worse twice, and keeps the best', async () => {
    const passedAt = [3, 2, 1];
    const check = async (items: readonly unknown[]) => {
      const passed = passedAt.shift() ?? 0;
      return items.map((_, index) => ({ passed: index < passed }));
    };
    await using run = await toyRun({ deps: { answers: toyAnswers({ check }) } });
    const events = await collect(train(run.job, run.deps));
    expect(eventsOf(events, 'notice').map(({ code }) => code)).toContain('stopped-early');
    expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'finished', update: 12, keptUpdate: 4 });
  });

  test('without held-out examples and answers the last version is kept', async () => {
    await using run = await toyRun({ job: { examples: { train: toyExamples.train, heldOut: [] } } });
    const events = await collect(train(run.job, run.deps));
    expect(events.at(-1)).toMatchObject({ keptUpdate: 16, reason: expect.stringContaining('the last one') as string });
    expect(readToyAdapter(path.join(run.job.runFolder, 'adapter.gguf'))).toEqual(run.session.readState().parameters);
  });

  test('a check that fails is told, given up after two tries, and does not end the run', async () => {
    let tries = 0;
    const answers = toyAnswers({ check: () => Promise.reject(new Error(`no compiler ${++tries}`)) });
    await using run = await toyRun({ deps: { answers } });
    const events = await collect(train(run.job, run.deps));
    const notices = eventsOf(events, 'notice').filter(({ code }) => code === 'answers-failed');
    expect(notices.map(({ message }) => /no compiler \d/.exec(message)?.[0])).toEqual([
      'no compiler 1',
      'no compiler 2',
    ]);
    expect(events.at(-1)).toMatchObject({ outcome: 'finished', reason: expect.stringContaining('%') as string });
  });

  test('the generator is opened once and disposed of', async () => {
    const opened: ReturnType<typeof toyGenerator>[] = [];
    const openGenerator = () => {
      const generator = toyGenerator();
      opened.push(generator);
      return generator;
    };
    await using run = await toyRun({ deps: { answers: toyAnswers({ openGenerator }) } });
    await collect(train(run.job, run.deps));
    expect(opened.map((generator) => generator.disposed())).toEqual([true]);
  });

  test('refuses examples from which nothing can be learned, with the row', async () => {
    await using empty = await toyRun({ job: { examples: { train: [], heldOut: [] } } });
    await expect(collect(train(empty.job, empty.deps))).rejects.toMatchObject({ code: 'data-empty' });
    const masked = [...toyExamples.train, countingSequence(10, 3, 100)];
    await using run = await toyRun({ job: { examples: { train: masked, heldOut: [] } } });
    await expect(collect(train(run.job, run.deps))).rejects.toMatchObject({
      code: 'data-unusable',
      message: expect.stringContaining('example 11') as string,
    });
  });

  test('refuses to begin in a folder that holds a run, and one that cannot be written', async () => {
    await using run = await toyRun();
    await collect(train(run.job, run.deps));
    await expect(collect(train(run.job, run.deps))).rejects.toMatchObject({ code: 'bad-request' });
    const notAFolder = path.join(run.job.runFolder, 'adapter.gguf');
    const job = { ...run.job, runFolder: notAFolder };
    await expect(collect(train(job, run.deps))).rejects.toMatchObject({ code: 'file-not-writable' });
  });

  test('a gradient that overflows repeats the update with a smaller loss scale', async () => {
    const session = toySession({ seenNorm: (norm, lossScale) => (lossScale > 4 ? Number.POSITIVE_INFINITY : norm) });
    await using run = await toyRun({ session });
    await using plain = await toyRun();
    const events = await collect(train(run.job, run.deps));
    expect(eventsOf(events, 'notice').filter(({ code }) => code === 'loss-scale')).toMatchObject([{ update: 1 }]);
    const expected = eventsOf(await collect(train(plain.job, plain.deps)), 'step');
    for (const [index, step] of eventsOf(events, 'step').entries()) {
      expect(step.loss).toBeCloseTo(expected[index]?.loss ?? Number.NaN, 4);
      expect(step.gradientNorm).toBeCloseTo(expected[index]?.gradientNorm ?? Number.NaN, 4);
    }
  });

  test('keeps the next best where the file of the best was deleted', async () => {
    const passedAt = [3, 2, 2, 2];
    const check = async (items: readonly unknown[]) => {
      const passed = passedAt.shift() ?? 0;
      return items.map((_, index) => ({ passed: index < passed }));
    };
    await using run = await toyRun({ deps: { answers: toyAnswers({ check }) } });
    const events: TrainEvent[] = [];
    for await (const event of train(run.job, run.deps)) {
      events.push(event);
      if (event.type === 'step' && event.update === 5) {
        await rm(path.join(run.job.runFolder, 'candidates', 'update-0000004.gguf'));
      }
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', keptUpdate: 16 });
  });
});
