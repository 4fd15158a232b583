import { TunesmithError } from '#common/domain/errors.ts';
import { canResume } from '#common/domain/run.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import { runFolder } from '../../services/paths.ts';
import { runDetail } from '../../store/run-queries.ts';
import { changeRun, recordFailure } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { recordEvent } from '../../store/train-events.ts';

/**
 * Ends a training that rests before its end with the best version it has. Throws `bad-request` where there is none, and
 * changes nothing then.
 */
export async function keepRun(store: Store, engine: EngineClient, run: string, signal?: AbortSignal): Promise<void> {
  const { state, start } = runDetail(store.db, run);
  if (!canResume(state) || start === null) {
    throw new TunesmithError('bad-request', 'There is no version of this training to keep yet.', {
      advice: 'Go on with it until the first check of its answers.',
    });
  }
  const events: TrainEvent[] = [];
  for await (const event of engine.keep({ runFolder: runFolder(store.layout, run) }, signal)) events.push(event);
  changeRun(store, run, { type: 'resume', at: store.now() });
  try {
    // What came after the checkpoint was never saved: it is not part of what is kept.
    recordEvent(store, run, { ...start, update: state.progress?.checkpoint ?? 0 });
    for (const event of events) recordEvent(store, run, event);
    changeRun(store, run, { type: 'finish', at: store.now() });
  } catch (error) {
    recordFailure(store, run, error);
    throw error;
  }
}
