import { assertNever } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';

/**
 * Learning rate of one update, `update` counting from 1 to `totalUpdates`. With W = ceil(warmup x totalUpdates):
 *
 * - warm-up, update <= W:  peak x update / W
 * - afterwards, with p = (update - 1 - W) / (totalUpdates - W), which runs from 0 to just below 1:
 *   cosine peak x (1 + cos(pi x p)) / 2, linear peak x (1 - p), constant peak.
 *
 * So the first update already learns, the first one after warm-up has the peak rate, and the last one is not
 * wasted on a rate of zero.
 */
export function learningRateAt(
  update: number,
  totalUpdates: number,
  recipe: Pick<Recipe, 'learningRate' | 'schedule' | 'warmup'>,
): number {
  const warmupUpdates = countWarmupUpdates(totalUpdates, recipe);
  if (update <= warmupUpdates) return (recipe.learningRate * update) / warmupUpdates;
  const progress = (update - 1 - warmupUpdates) / Math.max(1, totalUpdates - warmupUpdates);
  switch (recipe.schedule) {
    case 'cosine':
      return (recipe.learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
    case 'linear':
      return recipe.learningRate * (1 - progress);
    case 'constant':
      return recipe.learningRate;
    default:
      return assertNever(recipe.schedule, 'schedule');
  }
}

export function countWarmupUpdates(totalUpdates: number, recipe: Pick<Recipe, 'warmup'>): number {
  return Math.min(totalUpdates, Math.max(0, Math.ceil(recipe.warmup * totalUpdates - 1e-9)));
}
