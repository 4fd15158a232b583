import { stepIds, type Draft, type StepId } from '#common/contract/app/drafts.ts';
import type { RunSummary } from '#common/contract/app/runs.ts';

export type StepState = 'locked' | 'ready' | 'done' | 'running' | 'attention' | 'failed';

/** What decides which steps can be opened. */
export interface Standing {
  readonly draft: Pick<Draft, 'base' | 'run' | 'quant' | 'step'>;
  readonly examples: number;
  readonly run: Pick<RunSummary, 'state' | 'installedAs'> | null;
}

/** Each step needs what the ones before it made; nothing that was made is ever lost by going back. */
export function stepStates({ draft, examples, run }: Standing): Record<StepId, StepState> {
  const hasBase = draft.base !== null;
  const hasExamples = examples > 0;
  const trained = (run?.state.progress?.trained ?? null) !== null;
  const reached = (step: StepId): boolean => stepIds.indexOf(draft.step) > stepIds.indexOf(step) || draft.run !== null;
  const installed = run !== null && run.installedAs.length > 0;
  return {
    model: hasBase ? 'done' : 'ready',
    examples: hasExamples ? 'done' : hasBase ? 'ready' : 'locked',
    preview: !hasBase || !hasExamples ? 'locked' : reached('preview') ? 'done' : 'ready',
    train:
      !hasBase || !hasExamples ? (draft.run === null ? 'locked' : trainState(run, trained)) : trainState(run, trained),
    shrink: !trained ? 'locked' : draft.quant !== null ? 'done' : 'ready',
    install: !trained ? 'locked' : installed ? 'done' : 'ready',
    compare: trained ? 'ready' : 'locked',
  };
}

function trainState(run: Standing['run'], trained: boolean): StepState {
  if (run === null) return 'ready';
  if (trained) return 'done';
  switch (run.state.phase) {
    case 'failed':
      return 'failed';
    case 'paused':
    case 'interrupted':
    case 'cancelled':
      return 'attention';
    default:
      return 'running';
  }
}

export function nextStep(step: StepId): StepId | null {
  return stepIds[stepIds.indexOf(step) + 1] ?? null;
}

export function previousStep(step: StepId): StepId | null {
  return stepIds[stepIds.indexOf(step) - 1] ?? null;
}
