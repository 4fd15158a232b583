import type { TrainEvent } from '#common/domain/train-event.ts';
import type { TrainDeps } from './job.ts';
import type { Trouble } from './divergence.ts';
import { watchUpdate } from './divergence.ts';
import type { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { packsOfUpdate, remainingWork } from './run.ts';
import { learningRateAt } from './schedule.ts';
import type { ThreadChange } from './thread-choice.ts';
import { createThreadChoice } from './thread-choice.ts';
import { runUpdate } from './update.ts';

export type StepResult =
  | { readonly kind: 'learned'; readonly progress: Progress }
  | { readonly kind: 'diverged'; readonly trouble: Trouble | 'not-finite' };

/** Does one update after another, each from the progress it is given, and tells `step`. */
export function createStepper(run: Run, pace: Pace): (progress: Progress) => AsyncGenerator<TrainEvent, StepResult> {
  const { job, deps, batches } = run;
  const { recipe } = job;
  const { session } = deps;
  const threadChoice = recipe.threads === 'auto' ? createThreadChoice(session.threads) : null;

  return async function* step(progress) {
    const update = progress.update + 1;
    const learningRate = learningRateAt(update, batches.totalUpdates, recipe) * progress.rateFactor;
    const stopwatch = startStopwatch(deps);
    const result = await runUpdate(session, packsOfUpdate(run, update), {
      update,
      learningRate,
      weightDecay: recipe.weightDecay,
      clipNorm: recipe.clipNorm,
      promptWeight: recipe.promptWeight,
      seed: recipe.seed,
      lossScale: progress.lossScale,
      signal: deps.signal,
    });
    if (result.kind === 'not-finite') return { kind: 'diverged', trouble: 'not-finite' };
    const { elapsedMs, coresUsed } = stopwatch();
    pace.addUpdate(result.tokens, elapsedMs);

    const { loss, gradientNorm, tokens, lossScale } = result;
    const remaining = remainingWork(run, update);
    yield {
      type: 'step',
      update,
      epoch: update / batches.updatesPerEpoch,
      loss,
      learningRate,
      gradientNorm,
      tokens,
      tokensPerSecond: pace.tokensPerSecond(),
      residentBytes: deps.residentBytes(),
      etaSeconds: pace.etaSeconds(remaining.tokens, remaining.evaluations),
    };
    if (lossScale.scale < progress.lossScale.scale) {
      const message = `The gradient left the range of numbers once; the update was repeated with a loss scale of ${lossScale.scale}.`;
      yield { type: 'notice', update, code: 'loss-scale', message };
    }
    const change = threadChoice?.observe((tokens * 1000) / elapsedMs, coresUsed);
    if (change) {
      session.setThreads(change.threads);
      if (change.kept) yield { type: 'notice', update, code: 'threads', message: threadsMessage(change.kept) };
    }

    const warmingUp = update <= run.warmupUpdates;
    const { state: watch, verdict } = watchUpdate(progress.watch, { loss, gradientNorm, warmingUp });
    if (verdict.kind === 'diverged') return { kind: 'diverged', trouble: verdict.trouble };
    return { kind: 'learned', progress: { ...progress, update, lossScale, watch } };
  };
}

/** Time since the start, and the cores' worth of processor time that this process got in it. */
function startStopwatch({ now, processorMs }: TrainDeps): () => { elapsedMs: number; coresUsed: number | undefined } {
  const [startedMs, processorStartedMs] = [now(), processorMs?.() ?? 0];
  return () => {
    const elapsedMs = Math.max(now() - startedMs, 0.001);
    return { elapsedMs, coresUsed: processorMs && (processorMs() - processorStartedMs) / elapsedMs };
  };
}

function threadsMessage({ from, to }: NonNullable<ThreadChange['kept']>): string {
  return to < from
    ? `Other programs keep the processor busy: ${to} instead of ${from} threads are faster now.`
    : `The processor is free again: back to ${to} threads.`;
}
