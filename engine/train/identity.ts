import { createHash } from 'node:crypto';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import type { RunIdentity } from './checkpoint-file.ts';

/** Knobs that may differ when a run is resumed: they change where and how fast it computes, not what it learns. */
const freeKnobs = new Set<keyof Recipe>([
  'preset',
  'device',
  'threads',
  'gradientCheckpointing',
  'packedWeights',
  'checkpointEvery',
  'packTokens',
]);

/** SHA-256 (hex) of some examples as the model reads them: another template or token limit gives another hash. */
export function hashSequences(sequences: readonly EncodedSequence[]): string {
  const hash = createHash('sha256');
  for (const { example, ids, learned } of sequences) {
    hash.update(Int32Array.of(example, ids.length));
    hash.update(ids);
    hash.update(learned);
  }
  return hash.digest('hex');
}

/** Refuses to go on from a checkpoint of another base, other examples or another recipe. */
export function requireSameRun(saved: RunIdentity, wanted: RunIdentity): void {
  const changed: string[] = [];
  if (saved.base !== wanted.base || saved.parameterCount !== wanted.parameterCount) changed.push('the base model');
  if (saved.trainData !== wanted.trainData) changed.push('the training examples');
  if (saved.heldOutData !== wanted.heldOutData) changed.push('the held-out examples');
  const knobs = changedKnobs(saved.recipe, wanted.recipe);
  if (knobs.length > 0) changed.push(`the recipe (${knobs.join(', ')})`);
  if (changed.length === 0) return;
  throw new TunesmithError(
    'bad-request',
    `This run cannot go on, because something is not what it was when the run was saved: ${changed.join('; ')}.`,
    { advice: 'Resume with the same base, examples and recipe, or start a new run with the changed ones.' },
  );
}

function changedKnobs(saved: Recipe, wanted: Recipe): string[] {
  const knobs = Object.keys({ ...saved, ...wanted }) as (keyof Recipe)[];
  return knobs.filter((knob) => !freeKnobs.has(knob) && canonicalText(saved[knob]) !== canonicalText(wanted[knob]));
}

/** JSON with sorted keys: equal values give equal texts. */
function canonicalText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    ) ?? ''
  );
}
