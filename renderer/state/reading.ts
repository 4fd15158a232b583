import type { TrainingView } from './training.ts';

/** What the figures of a training say, for a person. */
export interface Reading {
  readonly percent: number;
  readonly update: number;
  readonly totalUpdates: number;
  readonly etaSeconds: number | null;
  readonly elapsedMs: number;
  readonly tokensPerSecond: number | null;
  readonly residentBytes: number | null;
  /** The version with the best answers so far (on ties the later one); null before any answers, or without held-out ones. */
  readonly best: { readonly update: number; readonly passed: number; readonly of: number } | null;
  /** The version that would be kept if the training ended here; null where none was checked yet. */
  readonly keepable: number | null;
  readonly health: 'waiting' | 'improving' | 'by-heart' | 'steady' | 'worse' | 'no-test';
}

export function readTraining(view: TrainingView, now: number): Reading {
  const last = view.steps.at(-1);
  const update = view.state.progress?.update ?? last?.update ?? 0;
  const totalUpdates = view.state.progress?.totalUpdates ?? view.start?.totalUpdates ?? 0;
  const endedAt = view.live || view.state.phase === 'training' ? now : view.state.at;
  return {
    percent: totalUpdates === 0 ? 0 : Math.min(100, Math.round((update / totalUpdates) * 100)),
    update,
    totalUpdates,
    etaSeconds: last !== undefined && last.etaSeconds > 0 ? last.etaSeconds : null,
    elapsedMs: Math.max(0, endedAt - view.startedAt),
    tokensPerSecond: last?.tokensPerSecond ?? null,
    residentBytes: last?.residentBytes ?? null,
    best: bestAnswers(view.answers),
    keepable: keepableOf(view),
    health: healthOf(view),
  };
}

/** The count decides; of equal ones the later. */
export function bestAnswers(answers: TrainingView['answers']): Reading['best'] {
  let best: Reading['best'] = null;
  for (const { update, passed, of } of answers) {
    if (of > 0 && (best === null || passed >= best.passed)) best = { update, passed, of };
  }
  return best;
}

/** As close as equal: the engine's own measure. */
const accuracyTolerance = 0.01;

/** As the engine chooses: most right answers, where every check has some; else the latest of the best token accuracies. */
function keepableOf({ evaluations, answers }: TrainingView): number | null {
  const checked = evaluations.filter(({ update }) => update > 0);
  const answered = answers.filter(({ update, of }) => update > 0 && of > 0);
  if (answered.length > 0 && answered.length >= checked.length) return bestAnswers(answered)?.update ?? null;
  const best = Math.max(...checked.map(({ tokenAccuracy }) => tokenAccuracy));
  return checked.findLast(({ tokenAccuracy }) => tokenAccuracy >= best - accuracyTolerance)?.update ?? null;
}

/**
 * Loss alone misleads: it rises as the model grows sure of itself while its answers still get better. So the
 * answers speak first.
 */
function healthOf({ start, evaluations, answers }: TrainingView): Reading['health'] {
  if (start !== null && start.heldOutExamples === 0) return 'no-test';
  const counted = answers.filter(({ of }) => of > 0);
  const [before, latest] = [counted.at(-2), counted.at(-1)];
  if (before !== undefined && latest !== undefined && latest.passed !== before.passed) {
    return latest.passed > before.passed ? 'improving' : 'worse';
  }
  const [earlier, later] = [evaluations.at(-2), evaluations.at(-1)];
  if (earlier === undefined || later === undefined) return 'waiting';
  if (later.heldOutLoss < earlier.heldOutLoss) return 'improving';
  return later.tokenAccuracy > earlier.tokenAccuracy - 0.005 ? 'by-heart' : 'steady';
}
