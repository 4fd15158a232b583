import type { Failure } from '#common/domain/errors.ts';
import type { Recipe, ResumeChanges } from '#common/domain/recipe.ts';
import type { words } from '../../copy/index.ts';

export type WayName = keyof typeof words.train.stopped.ways;

/** One way to go on after a problem. */
export interface Way {
  readonly name: WayName;
  readonly act:
    | { readonly kind: 'resume'; readonly changes: ResumeChanges }
    | { readonly kind: 'anew'; readonly learningRate: number }
    | { readonly kind: 'model' };
}

const resume = (name: WayName, changes: ResumeChanges = {}): Way => ({ name, act: { kind: 'resume', changes } });

/** Examples in one computed part are never split: a part this small computes each by itself. */
const leastPackTokens = 64;

/** The ways on, the suggested one first. */
export function waysOn({ code, message }: Failure, recipe: Recipe): readonly Way[] {
  const less = resume('less', {
    packTokens: Math.max(leastPackTokens, Math.floor(recipe.packTokens / 2)),
    gradientCheckpointing: 'on',
  });
  const smaller: Way = { name: 'smaller', act: { kind: 'model' } };
  const processor = recipe.device === 'cpu' ? [] : [resume('processor', { device: 'cpu' })];
  const usedCard = recipe.device !== 'cpu' && recipe.device !== 'auto';
  switch (code) {
    case 'out-of-memory':
      return [less, resume('again'), ...(usedCard ? processor : []), smaller];
    case 'process-died':
      // Only the words say why it died: the system, when memory runs out, does not tell.
      return /memory/i.test(message) ? [resume('again'), less, smaller] : [resume('retry'), ...processor];
    case 'disk-full':
      return [resume('room')];
    case 'device-unavailable':
      return [...processor, resume('retry')];
    case 'training-diverged':
      return [{ name: 'calmer', act: { kind: 'anew', learningRate: recipe.learningRate / 2 } }, smaller];
    default:
      return [resume('retry')];
  }
}
