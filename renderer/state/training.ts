import { create } from 'zustand';
import type { TrainingUpdate } from '#common/contract/app/training.ts';
import { api } from '../api/client.ts';
import { follow } from '../api/follow.ts';
import { paced } from './paced.ts';
import type { Failure } from '#common/domain/errors.ts';

/** All that is known of one run's training. */
export type TrainingView = Extract<TrainingUpdate, { type: 'snapshot' }>;

/** A snapshot begins anew; a delta appends its lists and replaces the rest. */
export function applyUpdate(view: TrainingView | null, update: TrainingUpdate): TrainingView | null {
  if (update.type === 'snapshot') return update;
  if (view === null) return null;
  return {
    ...view,
    sequence: update.sequence,
    state: update.state,
    start: update.start,
    lastSavedAt: update.lastSavedAt,
    live: update.live,
    steps: joined(view.steps, update.steps),
    evaluations: joined(view.evaluations, update.evaluations),
    answers: joined(view.answers, update.answers),
    samples: joined(view.samples, update.samples),
    notices: joined(view.notices, update.notices),
  };
}

/** The same list where nothing is new, so that what shows it need not be drawn again. */
function joined<T>(before: T[], more: T[]): T[] {
  return more.length === 0 ? before : [...before, ...more];
}

interface TrainingState {
  readonly run: string | null;
  readonly view: TrainingView | null;
  readonly failure: Failure | null;
}

export const useTraining = create<TrainingState>(() => ({ run: null, view: null, failure: null }));

/** Follows a run's training until the returned function is called. */
export function followTraining(run: string): () => void {
  if (useTraining.getState().run !== run) useTraining.setState({ run, view: null, failure: null });
  let newest = useTraining.getState().view;
  const shown = paced(() => useTraining.setState({ view: newest, failure: null }));
  const stop = follow(
    (signal) => api.training.watch({ run }, signal),
    (update) => {
      newest = applyUpdate(newest, update);
      shown.soon();
    },
    (failure) => useTraining.setState({ failure }),
  );
  return () => {
    stop();
    shown.stop();
  };
}

export function forgetTraining(): void {
  useTraining.setState({ run: null, view: null, failure: null });
}
