import { describe, expect, test } from 'vitest';
import type { RehearsalDeps } from './rehearse.ts';
import { rehearse } from './rehearse.ts';
import { countingSequence, toyAnswers, toyExamples, toyGenerator, toyRecipe } from './testing/toy-run.ts';
import { toySession } from './testing/toy-session.ts';

/** A machine that needs one millisecond for each trained token, and a clock that knows. */
function toyMachine(overrides: Partial<RehearsalDeps> = {}) {
  let nowMs = 0;
  const trained: number[] = [];
  const session = toySession({
    beforePack: (pack) => {
      const tokens = pack.reduce((sum, sequence) => sum + sequence.ids.length, 0);
      trained.push(tokens);
      nowMs += tokens;
    },
  });
  const deps: RehearsalDeps = {
    session,
    now: () => nowMs,
    signal: new AbortController().signal,
    peakBytes: () => 5e8,
    ...overrides,
  };
  return { session, deps, trained, wait: (elapsedMs: number) => void (nowMs += elapsedMs) };
}

const job = { recipe: toyRecipe, examples: toyExamples };
const epochTokens = toyExamples.train.reduce((sum, { ids }) => sum + ids.length, 0);

describe('rehearse', () => {
  test('measures the speed, and estimates the training from it', async () => {
    const { deps } = toyMachine();
    const figures = await rehearse(job, deps);
    expect(figures.tokensPerSecond).toBeCloseTo(1000, 6);
    expect(figures.peakBytes).toBe(5e8);
    expect(figures.estimateSeconds - figures.evaluationSeconds).toBeCloseTo((4 * epochTokens) / 1000, 6);
  });

  test('starts with the largest graph of the run', async () => {
    const { deps, trained } = toyMachine();
    const figures = await rehearse(job, deps);
    expect(trained[0]).toBe(Math.max(...trained));
    expect(figures.largestPackTokens).toBe(trained[0]);
    const long = {
      ...toyExamples,
      train: [
        ...toyExamples.train,
        { ...countingSequence(10, 0), ids: new Int32Array(90), learned: new Uint8Array(90).fill(1, 1) },
      ],
    };
    expect((await rehearse({ ...job, examples: long }, toyMachine().deps)).largestPackTokens).toBe(90);
  });

  test('counts the evaluations and answers', async () => {
    const machine = toyMachine();
    const generator = toyGenerator();
    const slow = {
      ...generator,
      async *generate(...request: Parameters<typeof generator.generate>) {
        for await (const answer of generator.generate(...request)) {
          machine.wait(Math.max(1, answer.ids.length) * 50);
          yield answer;
        }
      },
    };
    const figures = await rehearse(job, { ...machine.deps, answers: toyAnswers({ openGenerator: () => slow }) });
    const answerTokens = toyExamples.heldOut.reduce((sum, { ids }) => sum + ids.length - 1, 0) / 3;
    expect(figures.evaluationSeconds).toBeCloseTo(4 * 4 * answerTokens * 0.05, 3);
    expect(generator.disposed()).toBe(true);
  });

  test('leaves the trainable state as it was, also after a failure', async () => {
    const { session, deps } = toyMachine();
    const before = session.readState();
    await rehearse(job, deps);
    expect(session.readState()).toEqual(before);
    const failing = { ...deps, answers: toyAnswers({ openGenerator: () => Promise.reject(new Error('no room')) }) };
    await expect(rehearse(job, failing)).rejects.toThrow('no room');
    expect(session.readState()).toEqual(before);
  });

  test('stops after a few seconds of steps', async () => {
    const many = Array.from({ length: 400 }, (_, example) => countingSequence(example, 0));
    const { deps, trained } = toyMachine();
    await rehearse({ ...job, examples: { train: many, heldOut: [] } }, deps);
    expect(trained.length).toBeLessThanOrEqual(13);
  });

  test('can be cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const { deps } = toyMachine({ signal: controller.signal });
    await expect(rehearse(job, deps)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
