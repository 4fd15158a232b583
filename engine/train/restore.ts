import { TunesmithError } from '#common/domain/errors.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import type { Trouble } from './divergence.ts';
import { saveBestAdapter } from './finish.ts';
import { requireSameRun } from './identity.ts';
import type { Progress } from './progress.ts';
import { freshProgress } from './progress.ts';
import type { Run } from './run.ts';
import type { Saver } from './save.ts';
import { divergedMessage, rollbackMessage } from './words.ts';

const toleratedRollbacks = 2;

/** Brings the session to where the run is: the beginning, or the newest readable checkpoint. Tells `start` first. */
export async function* beginOrResume(run: Run, saver: Saver): AsyncGenerator<TrainEvent, Progress> {
  const { job, checkpoints } = run;
  if (!job.resume && !(await checkpoints.isEmpty())) {
    throw new TunesmithError('bad-request', `The folder ${job.runFolder} already holds a run that was begun.`, {
      advice: 'Resume that run, or start the new one in another folder.',
    });
  }
  const loaded = job.resume ? await checkpoints.loadNewest() : null;
  if (!loaded) {
    yield startEvent(run, 0);
    // Something to go back to, and to resume from, before the first interval is over.
    yield await saver.save(freshProgress);
    return freshProgress;
  }
  requireSameRun(loaded.checkpoint.identity, run.identity);
  const progress = restore(run, saver, loaded.checkpoint);
  yield startEvent(run, progress.update);
  if (loaded.unreadable.length > 0) {
    const message = `The newest saved state was damaged. The run goes on from the one before it, after update ${progress.update}.`;
    yield { type: 'notice', update: progress.update, code: 'checkpoint-damaged', message };
  }
  return progress;
}

/**
 * Goes back to the last good checkpoint and halves the learning rate from there on. When that was done twice
 * already: saves the best version until then and throws `training-diverged`.
 */
export async function* rollBack(
  run: Run,
  saver: Saver,
  progress: Progress,
  trouble: Trouble | 'not-finite',
): AsyncGenerator<TrainEvent, Progress> {
  if (progress.rollbacks >= toleratedRollbacks) {
    const kept = yield* saveBestAdapter(run, progress);
    const saved = kept ? ` The best version until then, after update ${kept.version.update}, is saved.` : '';
    throw new TunesmithError('training-diverged', `${divergedMessage(trouble, progress.rollbacks)}${saved}`, {
      advice: 'Try a lower learning rate (a tenth), and look for damaged or very unusual examples.',
    });
  }
  const loaded = await run.checkpoints.loadNewest();
  if (!loaded) {
    throw new TunesmithError(
      'checkpoint-unreadable',
      'The training went wrong, and there is no saved state to go back to.',
      {
        advice: 'Start the training again as a new run.',
      },
    );
  }
  const earlier = restore(run, saver, loaded.checkpoint);
  const calmer = { ...earlier, rollbacks: progress.rollbacks + 1, rateFactor: progress.rateFactor / 2 };
  const message = rollbackMessage(trouble, earlier.update, calmer.rateFactor);
  yield { type: 'notice', update: earlier.update, code: 'rolled-back', message };
  // Saved at once: a crash must not forget that this was tried.
  yield await saver.save(calmer);
  return calmer;
}

function restore({ deps }: Run, saver: Saver, { state, progress }: Checkpoint): Progress {
  deps.session.writeState(state);
  saver.restored(progress);
  return progress;
}

function startEvent({ job, deps, batches, examples, ...run }: Run, update: number): TrainEvent {
  return {
    type: 'start',
    update,
    totalUpdates: batches.totalUpdates,
    trainExamples: examples.length,
    heldOutExamples: new Set(job.examples.heldOut.map((sequence) => sequence.example)).size,
    learnedTokens: run.learnedTokens,
    epochTokens: run.epochTokens,
    trainableParameters: deps.session.trainableParameters,
    device: deps.session.deviceDescription,
    threads: deps.session.threads,
    gradientCheckpointing: deps.session.gradientCheckpointing,
    frozenWeights: deps.session.frozenWeights,
  };
}
