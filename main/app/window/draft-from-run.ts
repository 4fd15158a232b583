import { existsSync } from 'node:fs';
import { presetSchema } from '#common/contract/app/drafts.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example } from '#common/domain/example.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import { readDataset } from '../../services/importing/dataset-file.ts';
import { datasetFile } from '../../services/paths.ts';
import { runDetail } from '../../store/run-queries.ts';
import { baseTitles } from './base-titles.ts';
import type { Context } from './context.ts';

/** A new draft with the base, examples and settings of a run. Returns its id. */
export async function draftFromRun({ store, drafts, examples, layout, host }: Context, run: string): Promise<string> {
  const detail = runDetail(store.db, run);
  const { base, recipe, dataset } = detail;
  const file = datasetFile(layout, dataset.sha256);
  if (!existsSync(file)) {
    throw new TunesmithError('file-not-found', 'The examples of this run are missing.', {
      advice: 'Import the same examples into a new draft.',
    });
  }
  const rows: Example[] = [];
  for await (const { example } of readDataset(file)) rows.push(example);
  const draft = drafts.create(detail.title);
  const set = await examples.get(draft.id);
  set.change({ kind: 'from-run', count: rows.length }, { rows });
  await examples.changed(draft.id);
  const preset = presetSchema.safeParse(recipe.preset);
  drafts.save(draft.id, {
    step: 'train',
    base: { id: base.source === 'file' ? base.path : base.name, title: baseTitles({ host, layout })(base.name) },
    preset: preset.success ? preset.data : 'balanced',
    overrides: knobsOf(recipe),
    check: recipe.check,
  });
  return draft.id;
}

/** A repeated run turns every knob to where it was; the check is kept apart. */
function knobsOf({ preset: _preset, check: _check, ...knobs }: Recipe): Partial<Recipe> {
  return knobs;
}
