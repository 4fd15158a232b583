/** The training loop over the real session, the real adapter file and the real generator, on a tiny random model. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Recipe } from '#common/domain/recipe.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import { writeAdapter } from '../export/adapter.ts';
import { openGenerator } from '../generate/llama-generator.ts';
import { openSession } from '../model/open-session.ts';
import type { AnswerDeps, TrainDeps, TrainJob } from './job.ts';
import { createRandom } from './random.ts';
import { rehearse } from './rehearse.ts';
import { collect, eventsOf, toyRecipe } from './testing/toy-run.ts';
import { train } from './train.ts';

let folder = '';
let modelPath = '';
let vocabulary = 0;
let endOfTurn = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tunesmith-tiny-'));
  modelPath = path.join(folder, 'tiny.gguf');
  // A frozen random head can only be sure of a token where the hidden state is wide: 64 wide ends at a loss of 0.2.
  const wide = { embeddingLength: 256, layers: 2 };
  const model = await writeTinyModel(modelPath, { architecture: 'llama', tensorType: 'Q8_0', seed: 3, ...wide });
  vocabulary = model.vocabulary;
  endOfTurn = model.tokenizer.eot ?? model.tokenizer.eos;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const recipe: Recipe = {
  ...toyRecipe,
  rank: 8,
  alpha: 16,
  targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
  learningRate: 0.01,
  dropout: 0.1,
  epochs: 3,
  batchSize: 4,
  checkpointEvery: 4,
  packTokens: 48,
  threads: 1,
};

/** A question of random tokens, which the answer repeats backwards, and the end of the turn. */
function sequences(count: number, seed: number, length = 6): EncodedSequence[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, example) => {
    const question = Array.from({ length: 2 + random.below(length) }, () => 20 + random.below(vocabulary - 40));
    const ids = Int32Array.from([...question, ...question.toReversed(), endOfTurn]);
    return { example, ids, learned: Uint8Array.from(ids, (_token, index) => (index < question.length ? 0 : 1)) };
  });
}

interface Opened extends AsyncDisposable {
  readonly job: TrainJob;
  readonly deps: TrainDeps;
}

/** Opens a session as a new process would. */
async function open(runFolder: string, job: Partial<TrainJob> = {}, deps: Partial<TrainDeps> = {}): Promise<Opened> {
  const own = job.recipe ?? recipe;
  const session = await openSession({ modelPath, recipe: own });
  return {
    job: {
      recipe: own,
      examples: { train: sequences(14, 1), heldOut: sequences(3, 2) },
      base: modelPath,
      runFolder,
      resume: false,
      ...job,
    },
    deps: {
      session,
      saveAdapter: async (filePath, { alpha, loraTensors }) => {
        await writeAdapter(filePath, { architecture: 'llama', alpha, tensors: loraTensors.call(session) });
      },
      residentBytes: () => process.memoryUsage.rss(),
      now: () => performance.now(),
      signal: new AbortController().signal,
      shouldPause: () => false,
      ...deps,
    },
    [Symbol.asyncDispose]: async () => session[Symbol.dispose](),
  };
}

const newFolder = (): Promise<string> => mkdtemp(path.join(folder, 'run-'));
const lossesOf = (events: readonly TrainEvent[]): Map<number, number> =>
  new Map(eventsOf(events, 'step').map(({ update, loss }) => [update, loss]));

/** The known answers of some sequences as prompts, with answers written as token ids. */
function answersFor(known: readonly EncodedSequence[]): AnswerDeps {
  const spans = known.map(({ ids, learned }) => ({ ids: [...ids], answerAt: learned.indexOf(1) }));
  return {
    openGenerator: () => {
      const generator = openGenerator({ modelPath, threads: 1 });
      return {
        useAdapter: (adapter) => generator.useAdapter(adapter),
        async *generate(prompts, options) {
          for await (const answer of generator.generate(prompts, options)) {
            yield { ...answer, text: answer.ids.filter((id) => id !== endOfTurn).join(' ') };
          }
        },
        [Symbol.dispose]: () => generator[Symbol.dispose](),
      };
    },
    prompts: spans.map(({ ids, answerAt }) => ({
      prompt: ids.slice(0, answerAt).join(' '),
      ids: ids.slice(0, answerAt),
      expected: ids.slice(answerAt, -1).join(' '),
    })),
    questions: [],
    check: async (items) => items.map(({ answer, expected }) => ({ passed: answer === expected })),
  };
}

describe('training a tiny real model', { timeout: 120_000 }, () => {
  test('learns four examples by heart, and the kept adapter gives their answers', async () => {
    const four = sequences(4, 7);
    // Twenty times over, so that an epoch is not a single update and versions are not measured after each.
    const often = Array.from({ length: 20 }, (_, round) =>
      four.map((sequence) => ({ ...sequence, example: round * 4 + sequence.example })),
    ).flat();
    const own = { ...recipe, dropout: 0, epochs: 6, maxAnswerTokens: 16, checkpointEvery: 50 };
    await using run = await open(
      await newFolder(),
      { recipe: own, examples: { train: often, heldOut: [] } },
      { answers: answersFor(four) },
    );
    const events = await collect(train(run.job, run.deps));
    expect(eventsOf(events, 'step')[0]?.loss).toBeGreaterThan(3);
    expect(eventsOf(events, 'step').at(-1)?.loss).toBeLessThan(0.05);
    expect(eventsOf(events, 'answers').at(-1)).toMatchObject({ passed: 4, of: 4, stopped: 4 });
    expect(events.at(-1)).toMatchObject({ outcome: 'finished' });
  });

  test('interrupted anywhere and resumed by a new session, it gives the same losses and the same adapter', async () => {
    const whole = await newFolder();
    await using uninterrupted = await open(whole);
    const expected = await collect(train(uninterrupted.job, uninterrupted.deps));
    const random = createRandom(4);
    for (let round = 0; round < 3; round++) {
      const own = await newFolder();
      const events: TrainEvent[] = [];
      for (let life = 0; life < 3; life++) {
        await using run = await open(own, { resume: life > 0 });
        let left = life === 2 ? Number.POSITIVE_INFINITY : 2 + random.below(16);
        for await (const event of train(run.job, run.deps)) {
          events.push(event);
          if (--left <= 0) break;
        }
      }
      const losses = lossesOf(events);
      expect([...losses.keys()].toSorted((a, b) => a - b)).toEqual([...lossesOf(expected).keys()]);
      for (const [update, loss] of lossesOf(expected)) {
        expect(Math.abs((losses.get(update) ?? Number.NaN) - loss)).toBeLessThan(1e-4);
      }
      expect(events.at(-1)).toEqual(expected.at(-1));
      const adapter = await readFile(path.join(own, 'adapter.gguf'));
      expect(adapter.equals(await readFile(path.join(whole, 'adapter.gguf')))).toBe(true);
    }
  });

  test('pauses after the update in progress and goes on to the same losses', async () => {
    await using uninterrupted = await open(await newFolder());
    const expected = lossesOf(await collect(train(uninterrupted.job, uninterrupted.deps)));
    const own = await newFolder();
    const events: TrainEvent[] = [];
    {
      let pausing = false;
      await using run = await open(own, {}, { shouldPause: () => pausing });
      for await (const event of train(run.job, run.deps)) {
        events.push(event);
        if (event.type === 'step' && event.update === 6) pausing = true;
      }
      expect(events.at(-1)).toMatchObject({ outcome: 'paused', update: 6 });
    }
    await using resumed = await open(own, { resume: true });
    events.push(...(await collect(train(resumed.job, resumed.deps))));
    for (const [update, loss] of expected) {
      expect(Math.abs((lossesOf(events).get(update) ?? Number.NaN) - loss)).toBeLessThan(1e-4);
    }
  });

  test('cancel takes effect within two seconds, and the run can go on', async () => {
    const own = await newFolder();
    const controller = new AbortController();
    // Graphs that take a good part of a second each, so that the signal fires in the middle of one.
    const long = { ...recipe, epochs: 500, checkpointEvery: 1, batchSize: 1, packTokens: 2048 };
    const examples = { train: sequences(14, 1, 800), heldOut: [] };
    let abortedMs = 0;
    {
      await using run = await open(own, { recipe: long, examples }, { signal: controller.signal });
      const cancelled = (async () => {
        for await (const event of train(run.job, run.deps)) {
          if (event.type !== 'checkpoint' || event.update !== 1) continue;
          setTimeout(() => {
            abortedMs = performance.now();
            controller.abort();
          }, 100);
        }
      })();
      await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
      expect(performance.now() - abortedMs).toBeLessThan(2000);
    }
    await using resumed = await open(own, { recipe: long, examples, resume: true });
    for await (const event of train(resumed.job, resumed.deps)) {
      if (event.type === 'start') expect(event.update).toBeGreaterThan(0);
      if (event.type === 'step') break;
    }
  });

  test('an absurd learning rate is noticed, rolled back and ends in words', async () => {
    const absurd = { ...recipe, learningRate: 1e4, warmup: 0, epochs: 30, schedule: 'constant' as const };
    await using run = await open(await newFolder(), { recipe: absurd });
    const events: TrainEvent[] = [];
    const failure = await (async () => {
      for await (const event of train(run.job, run.deps)) events.push(event);
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'training-diverged' });
    expect(eventsOf(events, 'notice').filter(({ code }) => code === 'rolled-back')).toHaveLength(2);
  });

  test('a rehearsal leaves no trace in the run after it', async () => {
    await using plain = await open(await newFolder());
    const expected = lossesOf(await collect(train(plain.job, plain.deps)));
    await using rehearsed = await open(await newFolder());
    const figures = await rehearse(rehearsed.job, { ...rehearsed.deps, peakBytes: () => process.memoryUsage.rss() });
    expect(figures.tokensPerSecond).toBeGreaterThan(0);
    expect(figures.estimateSeconds).toBeGreaterThan(0);
    expect(lossesOf(await collect(train(rehearsed.job, rehearsed.deps)))).toEqual(expected);
  });
});
