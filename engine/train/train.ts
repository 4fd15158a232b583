import { setImmediate as yieldTurn } from 'node:timers/promises';
import { TunesmithError } from '#common/domain/errors.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import type { Answerer } from './answers.ts';
import { createAnswerer } from './answers.ts';
import { evaluateVersion } from './evaluate.ts';
import { keepBest } from './finish.ts';
import type { TrainDeps, TrainJob } from './job.ts';
import { stopCause } from './keeper.ts';
import type { Pace } from './pace.ts';
import { createPace } from './pace.ts';
import type { Progress } from './progress.ts';
import { beginOrResume, rollBack } from './restore.ts';
import type { Run } from './run.ts';
import { isEvaluationUpdate, planRun } from './run.ts';
import type { Saver } from './save.ts';
import { createSaver } from './save.ts';
import { createStepper } from './step.ts';
import { byHeartMessage, learningHint, stopMessage } from './words.ts';

/**
 * Fine-tunes the session's adapter on the job's examples and tells what happens. Ends after `done`: finished, with
 * the kept version in `adapter.gguf`, or paused. Rejects with `cancelled` when the signal fires (the last checkpoint
 * stays usable), with `training-diverged` when going back did not help (the best version until then is saved), and
 * with what the session, the disk or the examples have to say.
 */
export async function* train(job: TrainJob, deps: TrainDeps): AsyncGenerator<TrainEvent, void, undefined> {
  try {
    yield* trainOrThrow(job, deps);
  } catch (error) {
    if (deps.signal.aborted) {
      throw new TunesmithError('cancelled', 'The training was cancelled.', { retryable: true, cause: error });
    }
    throw error;
  }
}

async function* trainOrThrow(job: TrainJob, deps: TrainDeps): AsyncGenerator<TrainEvent, void, undefined> {
  const run = planRun(job, deps);
  const saver = createSaver(run);
  const pace = createPace();
  const step = createStepper(run, pace);
  using answerer = createAnswerer(deps.answers, job.recipe, deps);

  let progress = yield* beginOrResume(run, saver);
  for (;;) {
    await yieldTurn();
    deps.signal.throwIfAborted();
    const evaluationDue = isEvaluationDue(run, progress);
    const stop = evaluationDue ? null : stopCause(progress.versions);
    const { update } = progress;
    if (stop && update < run.batches.totalUpdates) {
      yield { type: 'notice', update, code: 'stopped-early', message: stopMessage(stop) };
    }
    if (stop || (update >= run.batches.totalUpdates && !evaluationDue)) return yield* keepBest(run, progress);
    if (deps.shouldPause()) return yield* pause(run, saver, progress);

    if (evaluationDue) {
      progress = (yield* evaluate(run, { saver, pace, answerer }, progress)) ?? progress;
      continue;
    }
    const result = yield* step(progress);
    if (result.kind === 'diverged') {
      progress = yield* rollBack(run, saver, progress, result.trouble);
    } else {
      progress = result.progress;
      if (saver.isDue(progress)) yield await saver.save(progress);
    }
  }
}

/** A checkpoint taken before an evaluation was finished leads back to it. */
function isEvaluationDue(run: Run, { update, versions }: Progress): boolean {
  return isEvaluationUpdate(run, update) && !versions.some((version) => version.update === update);
}

async function* evaluate(
  run: Run,
  { saver, pace, answerer }: { readonly saver: Saver; readonly pace: Pace; readonly answerer: Answerer },
  progress: Progress,
): AsyncGenerator<TrainEvent, Progress | null> {
  const { update } = progress;
  // Generating answers loads more native code and memory: what was learned is safe before that.
  if (saver.isWorthwhile(progress)) yield await saver.save(progress);
  const startedMs = run.deps.now();
  const version = yield* evaluateVersion(run, answerer, update);
  if (!version) return null;
  if (update > 0) pace.addEvaluation(run.deps.now() - startedMs);
  const evaluated = { ...progress, versions: [...progress.versions, version] };
  if (
    learningHint(evaluated.versions, progress.watch.smoothLoss) &&
    !learningHint(progress.versions, progress.watch.smoothLoss)
  ) {
    yield { type: 'notice', update, code: 'by-heart', message: byHeartMessage };
  }
  if (saver.isWorthwhile(evaluated)) yield await saver.save(evaluated);
  return evaluated;
}

async function* pause(run: Run, saver: Saver, progress: Progress): AsyncGenerator<TrainEvent, void> {
  if (!saver.isSaved(progress)) yield await saver.save(progress);
  const reason = `Paused after update ${progress.update} of ${run.batches.totalUpdates}. Everything learned so far is saved.`;
  yield { type: 'done', update: progress.update, outcome: 'paused', reason };
}
