import { TunesmithError } from '#common/domain/errors.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import { chooseEvenly } from './answers.ts';
import type { TrainDeps, TrainJob } from './job.ts';
import { countLearned, countTokens } from './packs.ts';
import type { Run } from './run.ts';
import { packsOfUpdate, planRun, remainingWork } from './run.ts';
import { adamW } from './update.ts';

export type RehearsalJob = Pick<TrainJob, 'recipe' | 'examples'>;
export type RehearsalDeps = Pick<TrainDeps, 'session' | 'answers' | 'now' | 'signal'> & {
  /** Most memory this process ever held, in bytes. */
  readonly peakBytes: () => number;
};

/** What a few real steps showed. Nothing of the session's trainable state is changed. */
export interface RehearsalFigures {
  readonly tokensPerSecond: number;
  /** After the largest graph of the whole run was computed, and answers generated where the run will. */
  readonly peakBytes: number;
  /** The whole run: training, held-out evaluations and answers. */
  readonly estimateSeconds: number;
  /** The part of it that measures versions. */
  readonly evaluationSeconds: number;
  /** Tokens of the largest graph. */
  readonly largestPackTokens: number;
}

const timedMs = 8000;
const mostTimedPacks = 12;
const trialPrompts = 4;
const trialAnswerTokens = 16;

/**
 * Trains for a few seconds: first the largest pack of the run, which decides the memory, then packs of the first
 * updates for the speed, then one held-out pack and a few short answers; then puts everything back.
 * What the session cannot hold rejects with its `out-of-memory`.
 */
export async function rehearse(job: RehearsalJob, deps: RehearsalDeps): Promise<RehearsalFigures> {
  const { session } = deps;
  const run = planRun(
    { ...job, base: '', runFolder: '', resume: false },
    { ...deps, saveAdapter: () => Promise.resolve(), residentBytes: deps.peakBytes, shouldPause: () => false },
  );
  const before = session.readState();
  try {
    const largest = largestPack(run);
    await trainOn(largest, job, deps);
    const tokensPerSecond = await timeTraining(run, deps);
    const evaluationSeconds = (await timeHeldOut(run, deps)) + (await timeAnswers(run, deps));
    const remaining = remainingWork(run, 0);
    return {
      tokensPerSecond,
      peakBytes: deps.peakBytes(),
      estimateSeconds: remaining.tokens / tokensPerSecond + remaining.evaluations * evaluationSeconds,
      evaluationSeconds: remaining.evaluations * evaluationSeconds,
      largestPackTokens: countTokens(largest),
    };
  } catch (error) {
    if (deps.signal.aborted) throw new TunesmithError('cancelled', 'The rehearsal was cancelled.', { retryable: true });
    throw error;
  } finally {
    session.writeState(before);
    session.zeroGradients();
  }
}

/** Every example is in some update of the first epoch, and so is the largest pack, near enough. */
function largestPack(run: Run): readonly EncodedSequence[] {
  let largest: readonly EncodedSequence[] = [];
  for (let update = 1; update <= run.batches.updatesPerEpoch; update++) {
    for (const pack of packsOfUpdate(run, update)) if (countTokens(pack) > countTokens(largest)) largest = pack;
  }
  return largest;
}

async function trainOn(pack: readonly EncodedSequence[], { recipe }: RehearsalJob, deps: RehearsalDeps): Promise<void> {
  const { session } = deps;
  session.zeroGradients();
  const options = { lossScale: 1, dropoutSeed: 1, promptWeight: recipe.promptWeight };
  const { weight } = await session.accumulate(pack, options, deps.signal);
  await session.gradientNorm();
  // A real update with a rate of zero: AdamW's memory and time count too, what is learned must not.
  await session.applyAdamW({ ...adamW, learningRate: 0, weightDecay: 0, step: 1, gradientScale: 1 / weight });
}

async function timeTraining(run: Run, deps: RehearsalDeps): Promise<number> {
  const startedMs = deps.now();
  let tokens = 0;
  let packs = 0;
  for (let update = 1; update <= run.batches.updatesPerEpoch; update++) {
    for (const pack of packsOfUpdate(run, update)) {
      await trainOn(pack, run.job, deps);
      tokens += countTokens(pack);
      if (++packs >= mostTimedPacks || deps.now() - startedMs > timedMs)
        return perSecond(tokens, deps.now() - startedMs);
    }
  }
  return perSecond(tokens, deps.now() - startedMs);
}

/** Seconds that one held-out evaluation takes. */
async function timeHeldOut({ heldOutPacks }: Run, { session, now, signal }: RehearsalDeps): Promise<number> {
  const [first] = heldOutPacks;
  if (!first) return 0;
  const startedMs = now();
  await session.evaluate(first, signal);
  return countTokens(heldOutPacks.flat()) / perSecond(countTokens(first), now() - startedMs);
}

/** Seconds that the answers of one evaluation take: as long as the known answers, at the speed of a few short ones. */
async function timeAnswers(run: Run, { answers, now, signal }: RehearsalDeps): Promise<number> {
  if (!answers) return 0;
  const { recipe, examples } = run.job;
  const prompts = [...chooseEvenly(answers.prompts, recipe.maxAnswers), ...answers.questions];
  if (prompts.length === 0) return 0;
  using generator = await answers.openGenerator();
  generator.useAdapter(null);
  const startedMs = now();
  let tokens = 0;
  const options = { maxTokens: Math.min(trialAnswerTokens, recipe.maxAnswerTokens), temperature: 0, signal };
  for await (const answer of generator.generate(
    prompts.slice(0, trialPrompts).map((prompt) => prompt.ids),
    options,
  )) {
    tokens += Math.max(1, answer.ids.length);
  }
  const known = examples.heldOut.length > 0 ? examples.heldOut : examples.train;
  const expectedTokens = Math.min(recipe.maxAnswerTokens, countLearned(known) / known.length);
  return (prompts.length * expectedTokens) / perSecond(tokens, now() - startedMs);
}

function perSecond(tokens: number, elapsedMs: number): number {
  return (tokens * 1000) / Math.max(elapsedMs, 0.001);
}
