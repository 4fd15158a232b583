import { TunesmithError } from '#common/domain/errors.ts';
import { recipeSchema, type Recipe } from '#common/domain/recipe.ts';
import type { RecipeOverrides } from '../../services/recipes/presets.ts';

/** Knobs that hardly anybody turns; the usual ones are in services/recipes/options.ts. */
export const extraRecipeOptions: readonly {
  readonly name: string;
  readonly value: string;
  readonly describe: string;
  readonly knob: keyof Recipe;
  readonly isText?: boolean;
}[] = [
  { name: 'weight-decay', value: 'X', describe: 'pull of the weights towards zero', knob: 'weightDecay' },
  { name: 'clip', value: 'X', describe: 'longest gradient that is taken as it is', knob: 'clipNorm' },
  {
    name: 'prompt-weight',
    value: 'SHARE',
    describe: 'how much the questions are learned too, 0 to 1',
    knob: 'promptWeight',
  },
  { name: 'checkpoint-every', value: 'N', describe: 'updates between two checkpoints', knob: 'checkpointEvery' },
  {
    name: 'evaluations-per-epoch',
    value: 'N',
    describe: 'how often the held-out examples are tried',
    knob: 'evaluationsPerEpoch',
  },
  { name: 'max-answer-tokens', value: 'N', describe: 'longest answer that is generated', knob: 'maxAnswerTokens' },
  { name: 'max-answers', value: 'N', describe: 'held-out questions that are answered each time', knob: 'maxAnswers' },
  {
    name: 'gradient-checkpointing',
    value: 'auto|on|off',
    describe: 'save memory by computing twice',
    knob: 'gradientCheckpointing',
    isText: true,
  },
  {
    name: 'packed-weights',
    value: 'auto|on|off',
    describe: 'prepare the model for speed, in more memory',
    knob: 'packedWeights',
    isText: true,
  },
  { name: 'pack-tokens', value: 'N', describe: 'most tokens computed at once', knob: 'packTokens' },
];

/** Reads the options that were given. Throws `bad-request` naming the option. */
export function parseExtraRecipeOptions(given: Readonly<Record<string, string | undefined>>): RecipeOverrides {
  const overrides: Partial<Record<keyof Recipe, unknown>> = {};
  const { shape } = recipeSchema.unwrap();
  for (const { name, knob, isText } of extraRecipeOptions) {
    const text = given[name];
    if (text === undefined) continue;
    const parsed = shape[knob].safeParse(isText === true ? text.trim() : numberOf(text));
    if (!parsed.success) {
      const why = parsed.error.issues[0]?.message ?? 'it makes no sense';
      throw new TunesmithError('bad-request', `--${name} was given "${text}": ${why}.`, {
        advice: `Correct --${name}, or leave it out to use the preset.`,
      });
    }
    overrides[knob] = parsed.data;
  }
  return overrides as RecipeOverrides;
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
