import { assertNever, TunesmithError } from './errors.ts';
import { isActive, trainedOf, type Phase, type RunEvent, type RunState } from './run.ts';

/**
 * The state after `event`. Pure. An event that has no place in the phase is refused with `bad-request` (in
 * words, since "resume a finished run" is something a person can ask for) and changes nothing.
 */
export function advance(state: RunState, event: RunEvent): RunState {
  const next = transition(state, event);
  if (next === undefined) throw refusal(state, event);
  return next;
}

/** True where `advance` would accept the event. */
export function allows(state: RunState, event: RunEvent): boolean {
  return transition(state, event) !== undefined;
}

function transition(state: RunState, event: RunEvent): RunState | undefined {
  switch (event.type) {
    case 'prepare':
      return state.phase === 'queued' ? { phase: 'preparing', at: event.at, progress: state.progress } : undefined;
    case 'resume':
      return isActive(state) || trainedOf(state) !== null
        ? undefined
        : { phase: 'preparing', at: event.at, progress: state.progress };
    case 'start': {
      if (state.phase !== 'preparing') return undefined;
      if (event.update > event.totalUpdates) return undefined;
      const checkpoint = event.update === 0 ? null : event.update;
      const progress = { update: event.update, totalUpdates: event.totalUpdates, checkpoint, trained: null };
      return { phase: 'training', at: event.at, progress };
    }
    case 'step':
      // Not "the next number": after a roll-back the count goes back to the checkpoint's.
      return isLearning(state) && event.update <= state.progress.totalUpdates
        ? { ...state, progress: { ...state.progress, update: event.update } }
        : undefined;
    case 'checkpoint':
      return isLearning(state) && event.update <= state.progress.totalUpdates
        ? { ...state, progress: { ...state.progress, checkpoint: event.update } }
        : undefined;
    case 'trained':
      return isLearning(state) && event.trained.keptUpdate <= state.progress.totalUpdates
        ? { ...state, progress: { ...state.progress, trained: event.trained } }
        : undefined;
    case 'pause':
      return state.phase === 'preparing' || isLearning(state)
        ? { phase: 'paused', at: event.at, progress: state.progress }
        : undefined;
    case 'quantize':
      return hasAdapter(state)
        ? { phase: 'quantizing', at: event.at, progress: state.progress, quant: event.quant }
        : undefined;
    case 'install':
      return hasAdapter(state)
        ? { phase: 'installing', at: event.at, progress: state.progress, name: event.name }
        : undefined;
    case 'compare':
      return hasAdapter(state) ? { phase: 'comparing', at: event.at, progress: state.progress } : undefined;
    case 'finish':
      return hasAdapter(state) && isActive(state)
        ? { phase: 'done', at: event.at, progress: state.progress }
        : undefined;
    case 'fail':
      return isActive(state)
        ? { phase: 'failed', at: event.at, progress: state.progress, during: state.phase, failure: event.failure }
        : undefined;
    case 'cancel':
      return isActive(state) || state.phase === 'paused'
        ? { phase: 'cancelled', at: event.at, progress: state.progress, during: state.phase }
        : undefined;
    case 'interrupt':
      return isActive(state)
        ? {
            phase: 'interrupted',
            at: event.at,
            progress: state.progress,
            during: state.phase,
            ...(event.failure === undefined ? {} : { failure: event.failure }),
          }
        : undefined;
    default:
      return assertNever(event, 'run event');
  }
}

/** In training, and not yet at its end. */
function isLearning(state: RunState): state is Extract<RunState, { phase: 'training' }> {
  return state.phase === 'training' && state.progress.trained === null;
}

/** The training came to its end at some time; what followed may have failed and may be tried again. */
function hasAdapter(state: RunState): state is RunState & { readonly progress: NonNullable<RunState['progress']> } {
  return trainedOf(state) !== null;
}

const phaseWords: Record<Phase, string> = {
  queued: 'is waiting to start',
  preparing: 'is being prepared',
  training: 'is training',
  quantizing: 'is being shrunk',
  installing: 'is being installed',
  comparing: 'is being compared',
  paused: 'is paused',
  done: 'is finished',
  failed: 'has failed',
  cancelled: 'was cancelled',
  interrupted: 'was interrupted',
};

const eventWords: Record<RunEvent['type'], string> = {
  prepare: 'started',
  resume: 'resumed',
  start: 'trained',
  step: 'trained further',
  checkpoint: 'given a checkpoint',
  trained: 'given its result',
  pause: 'paused',
  quantize: 'shrunk',
  install: 'installed',
  compare: 'compared',
  finish: 'finished',
  fail: 'marked as failed',
  cancel: 'cancelled',
  interrupt: 'marked as interrupted',
};

function refusal(state: RunState, event: RunEvent): TunesmithError {
  const message = `This run ${phaseWords[state.phase]} and cannot be ${eventWords[event.type]} now.`;
  return new TunesmithError('bad-request', message, { advice: advice(state, event) });
}

function advice(state: RunState, event: RunEvent): string {
  if (event.type === 'resume' && trainedOf(state) !== null) {
    return 'Its training is complete. Shrink, install or compare it, or start a new run to train again.';
  }
  if (isActive(state)) return 'Wait until it is done, or cancel it first.';
  const needsAdapter = event.type === 'quantize' || event.type === 'install' || event.type === 'compare';
  if (needsAdapter) return 'Its training did not come to the end yet: resume it first.';
  return 'Look at the run to see where it stands.';
}
