import { toFailure, TunesmithError } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import { changeRun, recordFailure, runState } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { recordEvent } from '../../store/train-events.ts';

/** A run that lies ready to be trained. */
export interface TrainingFiles {
  readonly run: string;
  readonly runFolder: string;
  readonly basePath: string;
  readonly baseSha256: string;
  readonly recipe: Recipe;
  readonly trainPath: string;
  readonly heldOutPath: string | undefined;
  readonly questions: readonly string[];
  readonly resume: boolean;
}

/** More deaths than this in one training have a cause that trying again does not cure. */
const mostRestarts = 3;

/**
 * Trains a run that `beginRun` or `reopenRun` laid out; every event is in the record before it is passed on. When
 * the engine's process dies, the run goes on from its newest checkpoint by itself, as long as each life got further
 * than the one before; otherwise it stays `interrupted` and the error is thrown.
 */
export async function* trainRun(
  store: Store,
  engine: EngineClient,
  files: TrainingFiles,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent> {
  let { resume } = files;
  for (let restarts = 0; ; restarts += 1) {
    let savedUpdates = 0;
    try {
      for await (const event of engine.train(trainInput(files, resume), signal)) {
        if (event.type === 'checkpoint') savedUpdates += 1;
        recordEvent(store, files.run, event);
        yield event;
      }
      return;
    } catch (error) {
      if (!isDeath(error)) {
        recordFailure(store, files.run, error);
        throw error;
      }
      const failure = toFailure(error);
      changeRun(store, files.run, { type: 'interrupt', at: store.now(), failure: { ...failure } });
      if (signal?.aborted === true || savedUpdates === 0 || restarts >= mostRestarts) throw error;
      changeRun(store, files.run, { type: 'resume', at: store.now() });
      resume = true;
      const update = runState(store.db, files.run).progress?.checkpoint ?? 0;
      const message = `${error.message} It was started again and goes on from the newest checkpoint.`;
      const notice: TrainEvent = { type: 'notice', update, code: 'engine-restarted', message };
      recordEvent(store, files.run, notice);
      yield notice;
    }
  }
}

/** Asks a training to finish its update, save and end with `done` / `paused`. */
export async function pauseRun(engine: EngineClient, { runFolder }: TrainingFiles): Promise<void> {
  await engine.pause({ runFolder });
}

function trainInput(files: TrainingFiles, resume: boolean) {
  const { runFolder, basePath, baseSha256, recipe, trainPath, heldOutPath, questions } = files;
  return {
    runFolder,
    basePath,
    baseSha256,
    recipe,
    trainPath,
    questions: [...questions],
    resume,
    ...(heldOutPath === undefined ? {} : { heldOutPath }),
  };
}

function isDeath(error: unknown): error is TunesmithError {
  return error instanceof TunesmithError && error.code === 'process-died';
}
