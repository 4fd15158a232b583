/** A complete training job on the toy session, in a folder of its own, for tests of the loop. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Recipe } from '#common/domain/recipe.ts';
import type { TrainEvent, TrainEventOf } from '#common/domain/train-event.ts';
import type { EncodedSequence } from '../../chat/encoded.ts';
import type { AnswerGenerator } from '../../generate/generator.ts';
import type { TrainingSession } from '../../model/session.ts';
import type { AnswerDeps, TrainDeps, TrainJob } from '../job.ts';
import type { ToySession } from './toy-session.ts';
import { toySession } from './toy-session.ts';

export const endToken = 11;

export const toyRecipe: Recipe = {
  preset: 'custom',
  seed: 5,
  rank: 6,
  alpha: 12,
  dropout: 0,
  targets: ['q'],
  learningRate: 0.05,
  schedule: 'cosine',
  warmup: 0.1,
  epochs: 4,
  batchSize: 3,
  maxTokens: 64,
  heldOut: 0.2,
  weightDecay: 0.01,
  clipNorm: 1,
  promptWeight: 0,
  check: { kind: 'exact' },
  checkpointEvery: 3,
  evaluationsPerEpoch: 1,
  maxAnswerTokens: 12,
  maxAnswers: 10,
  device: 'cpu',
  threads: 2,
  gradientCheckpointing: 'off',
  packedWeights: 'auto',
  packTokens: 24,
};

/** Counting: after `start` come the next numbers up to 10, then the end. Wholly learnable by a bigram model. */
export function countingSequence(example: number, start: number, readTokens = 1): EncodedSequence {
  const ids = Int32Array.from([...Array.from({ length: endToken - start }, (_, index) => start + index), endToken]);
  return { example, ids, learned: Uint8Array.from(ids, (_, index) => (index < readTokens ? 0 : 1)) };
}

export const toyExamples = {
  train: Array.from({ length: 10 }, (_, example) => countingSequence(example, example)),
  heldOut: [2, 5, 7].map((start, example) => countingSequence(example, start)),
};

/** Greedy answers from the adapter that `saveToyAdapter` wrote; tokens are written as numbers. */
export function toyGenerator(): AnswerGenerator & { readonly disposed: () => boolean } {
  let session: ToySession = toySession();
  let disposed = false;
  return {
    disposed: () => disposed,
    useAdapter(adapterPath) {
      session = toySession();
      if (adapterPath !== null) session.writeParameters(readToyAdapter(adapterPath));
    },
    async *generate(prompts, { maxTokens, signal }) {
      for (const [index, prompt] of prompts.entries()) {
        signal?.throwIfAborted();
        const ids: number[] = [];
        let token = session.predict(prompt.at(-1) ?? 0);
        for (; token !== endToken && ids.length < maxTokens; token = session.predict(token)) ids.push(token);
        yield { index, ids, text: ids.join(' '), stopped: token === endToken };
      }
    },
    [Symbol.dispose]: () => void (disposed = true),
  };
}

export async function saveToyAdapter(filePath: string, session: TrainingSession): Promise<void> {
  await writeFile(filePath, Buffer.from(session.readState().parameters.buffer));
}

export function readToyAdapter(filePath: string): Float32Array {
  const bytes = readFileSync(filePath);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export const toyAnswers = (overrides: Partial<AnswerDeps> = {}): AnswerDeps => ({
  openGenerator: toyGenerator,
  prompts: [3, 6, 8].map((start) => ({
    prompt: String(start),
    ids: [start],
    expected: Array.from({ length: endToken - start - 1 }, (_, index) => start + 1 + index).join(' '),
  })),
  questions: [{ prompt: 'from one', ids: [1] }],
  check: async (items) => items.map(({ answer, expected }) => ({ passed: answer === expected })),
  ...overrides,
});

export interface ToyRun extends AsyncDisposable {
  readonly job: TrainJob;
  readonly deps: TrainDeps;
  readonly session: ToySession;
}

export async function toyRun(
  overrides: {
    readonly job?: Partial<TrainJob>;
    readonly deps?: Partial<TrainDeps>;
    readonly session?: ToySession;
  } = {},
): Promise<ToyRun> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tunesmith-train-'));
  const session = overrides.session ?? toySession();
  return {
    session,
    job: { recipe: toyRecipe, examples: toyExamples, base: 'toy', runFolder: folder, resume: false, ...overrides.job },
    deps: {
      session,
      saveAdapter: saveToyAdapter,
      residentBytes: () => process.memoryUsage.rss(),
      now: () => performance.now(),
      signal: new AbortController().signal,
      shouldPause: () => false,
      ...overrides.deps,
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export function eventsOf<Type extends TrainEvent['type']>(
  events: readonly TrainEvent[],
  type: Type,
): TrainEventOf<Type>[] {
  return events.filter((event): event is TrainEventOf<Type> => event.type === type);
}
