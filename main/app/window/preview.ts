import type { AppContract } from '#common/contract/app/app.ts';
import type { Draft } from '#common/contract/app/drafts.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { PreviewRow } from '#common/contract/engine.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { survey, type Survey } from '../../features/training/prepare.ts';
import { makeRecipe } from '../../services/recipes/presets.ts';
import { baseOf, type Context } from './context.ts';

/** Before the lengths of all examples are known, which decide the limit. */
const provisionalLimit = 2048;

export function previewHandlers(context: Context): Handlers<AppContract['preview']> {
  const { engine, drafts, examples } = context;
  /** The newest of each draft: what was measured, for which base, data and template. */
  const surveys = new Map<string, { readonly key: string; readonly survey: Survey }>();

  async function asked(id: string, signal: AbortSignal) {
    const draft = drafts.get(id);
    const { path: basePath } = await resolveBase(baseOf(draft), context, signal);
    const { path: datasetPath, sha256 } = await examples.file(id);
    const { chatTemplate } = draft.overrides;
    const template = chatTemplate === undefined ? {} : { chatTemplate };
    return { draft, template, basePath, datasetPath, key: JSON.stringify([basePath, sha256, chatTemplate]) };
  }

  return {
    rows: async (input, signal) => {
      const { draft, template, basePath, datasetPath, key } = await asked(input.draft, signal);
      const known = surveys.get(input.draft);
      const maxTokens =
        known?.key === key
          ? limitOf(draft, known.survey)
          : provisional(draft, await engine.inspect({ path: basePath }, signal));
      const rows: PreviewRow[] = [];
      const request = { basePath, datasetPath, ...template, maxTokens, rows: input.rows };
      for await (const row of engine.preview(request, signal)) rows.push(row);
      return { maxTokens, rows };
    },
    lengths: async (input, signal) => {
      const { draft, template, basePath, datasetPath, key } = await asked(input.draft, signal);
      let known = surveys.get(input.draft);
      if (known?.key !== key) {
        known = { key, survey: await survey(engine, { basePath, datasetPath, ...template }, signal) };
        surveys.set(input.draft, known);
      }
      const { info, whole } = known.survey;
      const maxTokens = limitOf(draft, known.survey);
      const measurement =
        whole.longest <= maxTokens
          ? whole
          : await engine.measure({ basePath, datasetPath, ...template, maxTokens }, signal);
      return { maxTokens, contextLength: info.contextLength, measurement };
    },
  };
}

/** The limit that training will use: what is shown as cut off is cut off. */
function limitOf({ preset, overrides }: Draft, { info, whole }: Survey): number {
  const { parameters, contextLength } = info;
  if (overrides.maxTokens !== undefined) return overrides.maxTokens;
  const exampleTokens = { p99: whole.p99, longest: whole.longest };
  return makeRecipe(preset, { parameters, contextLength, examples: whole.examples, exampleTokens }).maxTokens;
}

function provisional({ overrides }: Draft, { contextLength }: ModelInfo): number {
  return overrides.maxTokens ?? Math.min(provisionalLimit, contextLength || provisionalLimit);
}
