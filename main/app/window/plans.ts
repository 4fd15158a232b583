import { stat } from 'node:fs/promises';
import type { Plan as PlanShape } from '#common/contract/app/training.ts';
import type { PresetName } from '#common/contract/app/drafts.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { planFrom, survey, type Plan, type Survey } from '../../features/training/prepare.ts';
import type { RecipeOverrides } from '../../services/recipes/presets.ts';
import { baseOf, type Context } from './context.ts';

export interface PlanOrder {
  readonly draft: string;
  readonly preset: PresetName;
  readonly overrides: RecipeOverrides;
}

/** Plans of trainings. Base and data are read once and remembered until one of them changes. */
export function trainingPlans(context: Context) {
  const { drafts, examples, engine } = context;
  let known: { readonly key: string; readonly survey: Survey } | undefined;

  return async function planned({ draft: id, preset, overrides }: PlanOrder, signal: AbortSignal) {
    const draft = drafts.get(id);
    const base = await resolveBase(baseOf(draft), context, signal);
    const { path: datasetPath, sha256 } = await examples.file(id);
    const { chatTemplate } = overrides;
    const { size, mtimeMs } = await stat(base.path);
    const key = JSON.stringify([base.path, size, mtimeMs, sha256, chatTemplate]);
    if (known?.key !== key) {
      known = { key, survey: await survey(engine, { basePath: base.path, datasetPath, chatTemplate }, signal) };
    }
    const plan = await planFrom(engine, known.survey, { basePath: base.path, datasetPath, preset, overrides }, signal);
    return { base, plan, datasetPath, draft };
  };
}

export function planShape({ recipe, measurement }: Plan): PlanShape {
  const heldOutExamples = Math.round(measurement.examples * recipe.heldOut);
  const trainExamples = measurement.examples - heldOutExamples;
  const updates = Math.max(1, Math.ceil((trainExamples / recipe.batchSize) * recipe.epochs));
  return { recipe, measurement, trainExamples, heldOutExamples, updates };
}
