import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { learningRateAt } from './schedule.ts';
import { collect, eventsOf, toyRecipe, toyRun } from './testing/toy-run.ts';
import { toySession } from './testing/toy-session.ts';
import { train } from './train.ts';

const recipe = {
  ...toyRecipe,
  batchSize: 10,
  epochs: 24,
  packTokens: 1000,
  checkpointEvery: 4,
  evaluationsPerEpoch: 1,
};

/** A session whose n-th trained pack (here: update) sees a broken loss or gradient. */
function brokenAt(packs: (pack: number) => boolean, how: { norm?: number; loss?: number }) {
  let pack = 0;
  return toySession({
    beforePack: () => void pack++,
    seenNorm: (norm) => (how.norm !== undefined && packs(pack) ? how.norm : norm),
    seenLoss: (loss) => (how.loss !== undefined && packs(pack) ? how.loss : loss),
  });
}

const codes = (events: readonly TrainEvent[]): string[] => eventsOf(events, 'notice').map(({ code }) => code);

// One pack an update, but eight sequences a pack at most: ten examples are two packs.
const updateOfPack = (pack: number): number => Math.ceil(pack / 2);

describe('a run that diverges', () => {
  test('a loss that is not a number: back to the checkpoint, half the learning rate, and on to the end', async () => {
    const session = brokenAt((pack) => pack === 2 * 10, { loss: Number.NaN });
    await using run = await toyRun({ session, job: { recipe } });
    const events = await collect(train(run.job, run.deps));
    const at = events.findIndex((event) => event.type === 'notice');
    expect(events[at]).toMatchObject({ code: 'rolled-back', update: 9 });
    expect(events[at + 1]).toMatchObject({ type: 'checkpoint', update: 9 });
    const steps = eventsOf(events.slice(at), 'step');
    expect(steps[0]).toMatchObject({ update: 10, learningRate: learningRateAt(10, 24, recipe) / 2 });
    expect(events.at(-1)).toMatchObject({ outcome: 'finished', update: 24 });
    expect(eventsOf(events, 'step').every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  test('one large norm does nothing, a lasting explosion rolls back to before it began', async () => {
    const evaluations = { ...recipe, evaluationsPerEpoch: 1, epochs: 24, batchSize: 5 };
    const spike = brokenAt((pack) => pack === 20, { norm: 1e6 });
    await using calm = await toyRun({ session: spike, job: { recipe: evaluations } });
    expect(codes(await collect(train(calm.job, calm.deps)))).not.toContain('rolled-back');

    const exploding = brokenAt((pack) => pack >= 40 && pack < 46, { norm: 1e6, loss: 400 });
    await using run = await toyRun({ session: exploding, job: { recipe: evaluations } });
    const events = await collect(train(run.job, run.deps));
    const [rolledBack] = eventsOf(events, 'notice').filter(({ code }) => code === 'rolled-back');
    expect(rolledBack?.update).toBeLessThan(40);
    expect(rolledBack?.update).toBeGreaterThanOrEqual(34);
    expect(events.at(-1)).toMatchObject({ outcome: 'finished' });
  });

  test('the third time it ends in words, and the best version so far is saved', async () => {
    const session = brokenAt((pack) => updateOfPack(pack) >= 10, { loss: Number.NaN });
    await using run = await toyRun({ session, job: { recipe } });
    const events: TrainEvent[] = [];
    const failure = await (async () => {
      for await (const event of train(run.job, run.deps)) events.push(event);
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'training-diverged' });
    expect(String(failure)).toMatch(/left the range of numbers.*2 tries.*after update 9, is saved/);
    expect(codes(events)).toEqual(['rolled-back', 'rolled-back']);
    const adapter = await readFile(path.join(run.job.runFolder, 'adapter.gguf'));
    const best = await readFile(path.join(run.job.runFolder, 'candidates', 'update-0000009.gguf'));
    expect(adapter.equals(best)).toBe(true);
  });

  test('before any version was measured there is nothing to save, and that is no second error', async () => {
    const session = brokenAt(() => true, { norm: Number.POSITIVE_INFINITY });
    await using run = await toyRun({ session, job: { recipe } });
    await expect(collect(train(run.job, run.deps))).rejects.toMatchObject({ code: 'training-diverged' });
    await expect(access(path.join(run.job.runFolder, 'adapter.gguf'))).rejects.toThrow();
  });

  test('a crash after a roll-back does not forget it', async () => {
    const session = brokenAt((pack) => pack === 20, { loss: Number.NaN });
    await using run = await toyRun({ session, job: { recipe } });
    for await (const event of train(run.job, run.deps)) {
      if (event.type === 'step' && event.update >= 10 && event.learningRate < learningRateAt(10, 24, recipe)) break;
    }
    const resumedSession = toySession();
    const events = await collect(train({ ...run.job, resume: true }, { ...run.deps, session: resumedSession }));
    const [step] = eventsOf(events, 'step');
    expect(step?.learningRate).toBe(learningRateAt(step?.update ?? 0, 24, recipe) / 2);
  });
});
