import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import type { Batches, TrainingExample } from './batches.ts';
import { groupByExample, planBatches } from './batches.ts';
import type { RunIdentity } from './checkpoint-file.ts';
import type { CheckpointFolder } from './checkpoint-folder.ts';
import { checkpointFolder } from './checkpoint-folder.ts';
import { hashSequences } from './identity.ts';
import type { TrainDeps, TrainJob } from './job.ts';
import { countLearned, countTokens, packSequences } from './packs.ts';
import { countWarmupUpdates } from './schedule.ts';

/** What follows from the job and stays as it is for the whole run. */
export interface Run {
  readonly job: TrainJob;
  readonly deps: TrainDeps;
  readonly examples: readonly TrainingExample[];
  readonly batches: Batches;
  readonly warmupUpdates: number;
  readonly heldOutPacks: readonly (readonly EncodedSequence[])[];
  readonly epochTokens: number;
  readonly learnedTokens: number;
  readonly identity: RunIdentity;
  readonly checkpoints: CheckpointFolder;
}

/** As much of a run as says where its files lie. */
export interface RunPlace {
  readonly job: Pick<TrainJob, 'runFolder'>;
}

/** Refuses examples from which nothing can be learned. */
export function planRun(job: TrainJob, deps: TrainDeps): Run {
  const { recipe } = job;
  const train = learnableSequences(job.examples.train);
  const heldOut = job.examples.heldOut.filter((sequence) => countLearned([sequence]) > 0);
  const examples = groupByExample(train);
  const batches = planBatches(examples.length, recipe);
  return {
    job,
    deps,
    examples,
    batches,
    warmupUpdates: countWarmupUpdates(batches.totalUpdates, recipe),
    heldOutPacks: packSequences(heldOut, { maxTokens: recipe.packTokens }),
    epochTokens: countTokens(train),
    learnedTokens: countLearned(train),
    identity: {
      base: job.base,
      trainData: hashSequences(job.examples.train),
      heldOutData: hashSequences(job.examples.heldOut),
      recipe,
      parameterCount: deps.session.parameterCount,
    },
    checkpoints: checkpointFolder(path.join(job.runFolder, 'checkpoints')),
  };
}

/** The packs of one update, in the order in which they are computed. */
export function packsOfUpdate({ batches, examples, job }: Run, update: number): EncodedSequence[][] {
  const sequences = batches.examplesOf(update).flatMap((position) => examples[position]?.sequences ?? []);
  return packSequences(sequences, { maxTokens: job.recipe.packTokens });
}

/** Whether versions are measured after this update: evenly through each epoch, before the first and after the last. */
export function isEvaluationUpdate({ batches, job }: Run, update: number): boolean {
  if (update === 0 || update === batches.totalUpdates) return true;
  const evaluationsUntil = (done: number): number =>
    Math.floor((done * job.recipe.evaluationsPerEpoch) / batches.updatesPerEpoch);
  return evaluationsUntil(update) > evaluationsUntil(update - 1);
}

/** Tokens and evaluations that are still to come after `update` updates. */
export function remainingWork(run: Run, update: number): { tokens: number; evaluations: number } {
  const { batches, examples, epochTokens, job } = run;
  const examplesUntil = (done: number): number =>
    Math.floor(done / batches.updatesPerEpoch) * examples.length +
    Math.min(examples.length, (done % batches.updatesPerEpoch) * job.recipe.batchSize);
  let evaluations = 0;
  for (let later = update + 1; later <= batches.totalUpdates; later++)
    if (isEvaluationUpdate(run, later)) evaluations++;
  const remaining = examplesUntil(batches.totalUpdates) - examplesUntil(update);
  return { tokens: (remaining * epochTokens) / examples.length, evaluations };
}

export function candidatePath(run: RunPlace, update: number): string {
  return path.join(run.job.runFolder, 'candidates', `update-${String(update).padStart(7, '0')}.gguf`);
}

export function adapterPath(run: RunPlace): string {
  return path.join(run.job.runFolder, 'adapter.gguf');
}

/**
 * Sequences that have something to learn. An example of several sequences may lose some to the token limit; one
 * that lost all of them is an error, because the person believes that it is being learned.
 */
function learnableSequences(sequences: readonly EncodedSequence[]): EncodedSequence[] {
  if (sequences.length === 0) {
    throw new TunesmithError('data-empty', 'There are no examples to learn from.', { advice: 'Add some examples.' });
  }
  const learnable = sequences.filter((sequence) => countLearned([sequence]) > 0);
  const taught = new Set(learnable.map((sequence) => sequence.example));
  const lost = sequences.find((sequence) => !taught.has(sequence.example));
  if (lost) {
    throw new TunesmithError(
      'data-unusable',
      `Nothing can be learned from example ${lost.example + 1}: its answer is empty, or cut off by the limit of tokens.`,
      { advice: 'Raise the limit of tokens, shorten the question, or remove the example.' },
    );
  }
  return learnable;
}
