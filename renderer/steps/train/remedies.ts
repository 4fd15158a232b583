import type { Overrides } from '#common/contract/app/drafts.ts';
import type { Plan } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';

/** What would make a training smaller, with what it changes. */
export type Remedy =
  | { readonly name: 'parts' | 'shorter'; readonly change: Overrides; readonly from: number; readonly to: number }
  | { readonly name: 'twice'; readonly change: Overrides };

/** Examples shorter than this teach little. */
const shortestTokens = 64;

/** Mildest first; another model always goes, and is not among them. */
export function remediesFor({ recipe, measurement }: Plan, rehearsal: Rehearsal): readonly Remedy[] {
  const remedies: Remedy[] = [];
  const longest = Math.min(recipe.maxTokens, measurement.longest);
  // A part holds one whole example at least.
  const parts = Math.max(longest, Math.floor(recipe.packTokens / 2));
  if (parts < recipe.packTokens) {
    remedies.push({ name: 'parts', change: { packTokens: parts }, from: recipe.packTokens, to: parts });
  }
  if (!rehearsal.gradientCheckpointing) {
    remedies.push({ name: 'twice', change: { gradientCheckpointing: 'on' } });
  }
  const shorter = Math.max(shortestTokens, Math.floor(longest / 2));
  if (shorter < longest) {
    const change = { maxTokens: shorter, packTokens: Math.min(recipe.packTokens, Math.max(shorter, parts)) };
    remedies.push({ name: 'shorter', change, from: longest, to: shorter });
  }
  return remedies;
}
