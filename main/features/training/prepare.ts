import { totalmem } from 'node:os';
import type { Measurement, Rehearsal } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import { splitDataset, type Split } from '../../services/doctor/split-dataset.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import { makeRecipe, type PresetName, type RecipeOverrides } from '../../services/recipes/presets.ts';

export interface PlanInput {
  readonly basePath: string;
  readonly datasetPath: string;
  readonly preset: PresetName;
  readonly overrides: RecipeOverrides;
}

/** What a training will do, found out before anything is begun. */
export interface Plan {
  readonly info: ModelInfo;
  readonly measurement: Measurement;
  readonly recipe: Recipe;
}

/** What base and data are, whatever the preset: reading them is the slow part of a plan. */
export interface Survey {
  readonly info: ModelInfo;
  /** With whole examples, none cut. */
  readonly whole: Measurement;
}

/** Looks at base and data. Changes nothing. Throws `architecture-unsupported`. */
export async function survey(
  engine: EngineClient,
  { basePath, datasetPath, chatTemplate }: Pick<PlanInput, 'basePath' | 'datasetPath'> & ChatTemplate,
  signal?: AbortSignal,
): Promise<Survey> {
  const info = await engine.inspect({ path: basePath }, signal);
  if (!info.supported) {
    throw new TunesmithError('architecture-unsupported', `${basePath} cannot be taught: ${info.reason ?? 'unknown'}`, {
      advice: 'Choose another base model.',
    });
  }
  const template = chatTemplate === undefined ? {} : { chatTemplate };
  const maxTokens = Math.max(8, info.contextLength);
  return { info, whole: await engine.measure({ basePath, datasetPath, ...template, maxTokens }, signal) };
}

/** Makes the recipe of a preset. Throws `data-unusable` with the rows that cannot be learned, `bad-request` for a recipe that makes no sense. */
export async function planFrom(
  engine: EngineClient,
  { info, whole }: Survey,
  { basePath, datasetPath, preset, overrides }: PlanInput,
  signal?: AbortSignal,
): Promise<Plan> {
  const recipe = makeRecipe(
    preset,
    {
      parameters: info.parameters,
      contextLength: info.contextLength,
      examples: whole.examples,
      exampleTokens: { p99: whole.p99, longest: whole.longest },
    },
    overrides,
  );
  const { maxTokens } = recipe;
  const template = overrides.chatTemplate === undefined ? {} : { chatTemplate: overrides.chatTemplate };
  const measurement =
    whole.longest <= maxTokens
      ? whole
      : await engine.measure({ basePath, datasetPath, ...template, maxTokens }, signal);
  refuseUnusable(measurement);
  return { info, measurement, recipe };
}

/** `survey` and `planFrom` in one. */
export async function planTraining(engine: EngineClient, input: PlanInput, signal?: AbortSignal): Promise<Plan> {
  const { chatTemplate } = input.overrides;
  return planFrom(engine, await survey(engine, { ...input, chatTemplate }, signal), input, signal);
}

type ChatTemplate = { readonly chatTemplate?: string | undefined };

function refuseUnusable({ problems, problemCount }: Measurement): void {
  const [first] = problems;
  if (first === undefined) return;
  const shown = problems.slice(0, 5).map(({ message }) => message);
  const more = problemCount > shown.length ? [`… and ${problemCount - shown.length} more rows.`] : [];
  throw new TunesmithError('data-unusable', [...shown, ...more].join('\n'), { advice: first.advice });
}

/** Parts the data set into examples to learn and to hold out. Equal data, share and seed give equal parts. */
export function splitForTraining(
  datasetPath: string,
  recipe: Recipe,
  files: { readonly trainPath: string; readonly heldOutPath: string },
  signal?: AbortSignal,
): Promise<Split> {
  return splitDataset(datasetPath, { heldOut: recipe.heldOut, seed: recipe.seed, ...files, signal });
}

/**
 * A few real steps: memory, time, will it fit. Where the engine does not survive them, that is the answer.
 */
export async function rehearse(
  engine: EngineClient,
  input: {
    readonly basePath: string;
    readonly recipe: Recipe;
    readonly trainPath: string;
    readonly heldOutPath?: string;
  },
  signal?: AbortSignal,
): Promise<Rehearsal> {
  try {
    return await engine.rehearse(input, signal);
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== 'process-died') throw error;
    return {
      fits: false,
      peakBytes: totalmem(),
      tokensPerSecond: 0,
      estimateSeconds: 0,
      advice: `${error.message} ${error.advice ?? ''}`.trim(),
      device: '',
      gradientCheckpointing: input.recipe.gradientCheckpointing !== 'off',
      frozenWeights: null,
    };
  }
}

/** Refuses what a rehearsal showed to be too large. */
export function requireFit(rehearsal: Rehearsal): void {
  if (rehearsal.fits) return;
  throw new TunesmithError('out-of-memory', 'This training does not fit into the memory of this computer.', {
    advice: rehearsal.advice,
  });
}
