import type { TrainingView } from '../../state/training.ts';

const mostPoints = 240;
/** Weight of what came before: enough to see the way through the noise of single updates. */
const memory = 0.7;

/** The practice curve, smoothed and thinned to what a screen can show. */
export function smoothed(steps: TrainingView['steps']): readonly { readonly x: number; readonly y: number }[] {
  let mean = Number.NaN;
  const all = steps
    .filter(({ loss }) => Number.isFinite(loss))
    .map(({ update, loss }) => {
      mean = Number.isNaN(mean) ? loss : memory * mean + (1 - memory) * loss;
      return { x: update, y: mean };
    });
  const every = Math.max(1, Math.ceil(all.length / mostPoints));
  return all.filter((_, index) => index % every === 0 || index === all.length - 1);
}

/** The figures of each check, for people who read numbers rather than curves. */
export function tableRows(view: Pick<TrainingView, 'steps' | 'evaluations' | 'answers'>) {
  const practice = new Map(view.steps.map(({ update, loss }) => [update, loss]));
  const held = new Map(view.evaluations.map(({ update, heldOutLoss }) => [update, heldOutLoss]));
  const answers = new Map(view.answers.map(({ update, passed, of }) => [update, `${passed} of ${of}`]));
  const checked = [...new Set([...held.keys(), ...answers.keys()])];
  const every = Math.max(1, Math.floor(view.steps.length / 12));
  const updates =
    checked.length > 0 ? checked : view.steps.filter((_, index) => index % every === 0).map(({ update }) => update);
  return updates
    .toSorted((a, b) => a - b)
    .map((update) => ({
      update,
      held: held.get(update) ?? null,
      practice: practice.get(update) ?? null,
      answers: answers.get(update) ?? null,
    }));
}
