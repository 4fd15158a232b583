import { createHash } from 'node:crypto';
import { recipeSchema, type Recipe } from '#common/domain/recipe.ts';
import type { Db } from './database.ts';

/** Hash of a recipe, whatever the order of its keys. */
export function recipeHash(recipe: Recipe): string {
  return createHash('sha256').update(canonicalJson(recipe)).digest('hex');
}

/** Adds a recipe once; to be called inside a transaction that writes. Returns its hash. */
export function saveRecipe(db: Db, recipe: Recipe): string {
  const json = canonicalJson(recipe);
  const sha256 = recipeHash(recipe);
  db.prepare('INSERT INTO recipes (sha256, json) VALUES (?, ?) ON CONFLICT DO NOTHING').run(sha256, json);
  return sha256;
}

export function parseRecipe(json: string): Recipe {
  return recipeSchema.parse(JSON.parse(json));
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
