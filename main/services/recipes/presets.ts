import { TunesmithError } from '#common/domain/errors.ts';
import { linearNames, recipeSchema, type Recipe } from '#common/domain/recipe.ts';

export const presetNames = ['quick', 'balanced', 'thorough'] as const;
export type PresetName = (typeof presetNames)[number];

/** What a recipe is made for. */
export interface RecipeSubject {
  /** Parameters of the base model. */
  readonly parameters: number;
  /** Longest text the base can read, in tokens. */
  readonly contextLength: number;
  /** Usable examples, held-out ones included. */
  readonly examples: number;
  /** Lengths of the examples in tokens, template included, where they are known. */
  readonly exampleTokens?: { readonly p99: number; readonly longest: number } | undefined;
}

export type RecipeOverrides = { readonly [K in keyof Recipe]?: Recipe[K] | undefined };

interface Preset {
  readonly rank: number;
  readonly epochs: number;
  /** Optimizer updates aimed at: more epochs below the least, fewer above the most. */
  readonly leastUpdates: number;
  readonly mostUpdates: number;
  readonly heldOut: number;
  readonly maxAnswers: number;
}

const presets: Record<PresetName, Preset> = {
  quick: { rank: 8, epochs: 3, leastUpdates: 40, mostUpdates: 60, heldOut: 0.05, maxAnswers: 16 },
  balanced: { rank: 16, epochs: 5, leastUpdates: 100, mostUpdates: 300, heldOut: 0.1, maxAnswers: 32 },
  thorough: { rank: 32, epochs: 8, leastUpdates: 100, mostUpdates: 600, heldOut: 0.1, maxAnswers: 64 },
};

/**
 * A base this small learns a new style only from many more updates, and each takes a few hundredths of a second: measured with
 * the practice model and its sample (docs/results.md).
 */
const tinyParameters = 20e6;
const tinyRepetition = 3;

/** Below this, held-out examples would be too few to say anything and are missed in training. */
const leastExamplesToHoldOut = 32;
/** Longer examples cost memory that few machines have; a person may ask for more. */
const longestByDefault = 2048;

/**
 * The recipe of a preset for this base and this data, with the person's own choices on top.
 * Throws `bad-request`, naming the value, where a choice makes no sense.
 */
export function makeRecipe(preset: PresetName, subject: RecipeSubject, overrides: RecipeOverrides = {}): Recipe {
  const chosen = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const base = presetFor(preset, subject);
  const rank = overrides.rank ?? base.rank;
  const heldOut = overrides.heldOut ?? (subject.examples < leastExamplesToHoldOut ? 0 : base.heldOut);
  const trained = subject.examples - Math.round(subject.examples * heldOut);
  // Few examples need more updates an epoch to learn from: a published habit, like the batch of 8 itself.
  const presetBatch = trained < 100 ? 4 : 8;
  const batchSize = overrides.batchSize ?? presetBatch;
  // Counted in the preset's batches: another batch size changes the number of updates, not how much is read.
  const epochs = overrides.epochs ?? epochsFor(base, Math.max(1, Math.ceil(trained / presetBatch)));
  const recipe: Record<keyof Recipe, unknown> = {
    preset,
    seed: 42,
    rank,
    alpha: 2 * rank,
    dropout: 0,
    targets: linearNames,
    learningRate: learningRateFor(subject.parameters),
    schedule: 'cosine',
    warmup: 0.1,
    epochs,
    batchSize,
    maxTokens: maxTokensFor(subject),
    heldOut,
    // In a few hundred updates this moves a weight by less than a thousandth of itself; it is kept because every
    // published recipe has it, so that our curves can be laid beside theirs.
    weightDecay: 0.01,
    clipNorm: 1,
    promptWeight: 0,
    check: { kind: 'similar' },
    checkpointEvery: 10,
    evaluationsPerEpoch: evaluationsPerEpochFor(epochs),
    maxAnswerTokens: 256,
    maxAnswers: base.maxAnswers,
    device: 'auto',
    threads: 'auto',
    gradientCheckpointing: 'auto',
    packedWeights: 'auto',
    packTokens: 512,
    chatTemplate: undefined,
    ...chosen,
  };
  if (recipe.chatTemplate === undefined) Reflect.deleteProperty(recipe, 'chatTemplate');
  return checked(recipe, subject);
}

function presetFor(name: PresetName, { parameters }: RecipeSubject): Preset {
  const preset = presets[name];
  if (parameters > tinyParameters) return preset;
  return {
    ...preset,
    epochs: tinyRepetition * preset.epochs,
    leastUpdates: tinyRepetition * preset.leastUpdates,
    mostUpdates: tinyRepetition * preset.mostUpdates,
  };
}

/**
 * Peak learning rate by size of the base. 1e-2 for the practice model, and 1e-3 at 135M and 270M, were measured better than
 * lower ones; 2e-4 for 1-4B and 1e-4 above are published advice; in between straight lines in the logarithms.
 */
export function learningRateFor(parameters: number): number {
  if (parameters <= 10e6) return 1e-2;
  if (parameters <= 100e6) return between(parameters, [10e6, 1e-2], [100e6, 1e-3]);
  if (parameters <= 300e6) return 1e-3;
  if (parameters >= 4e9) return 1e-4;
  if (parameters >= 1e9) return 2e-4;
  return between(parameters, [300e6, 1e-3], [1e9, 2e-4]);
}

type Point = readonly [parameters: number, rate: number];

function between(parameters: number, [fewer, high]: Point, [more, low]: Point): number {
  const share = Math.log(parameters / fewer) / Math.log(more / fewer);
  return Number((high * (low / high) ** share).toPrecision(2));
}

function epochsFor(preset: Preset, updatesPerEpoch: number): number {
  // Doubling is the limit: more would only learn a small set by heart.
  const raised = Math.min(2 * preset.epochs, Math.max(preset.epochs, Math.ceil(preset.leastUpdates / updatesPerEpoch)));
  if (raised * updatesPerEpoch <= preset.mostUpdates) return raised;
  const lowered = preset.mostUpdates / updatesPerEpoch;
  // Whole epochs while there is more than one, so that every example is read equally often.
  return lowered >= 1 ? Math.floor(lowered) : Math.max(0.001, Math.floor(lowered * 1000) / 1000);
}

/** About one an epoch, yet at least three in all and at most eight: answers take time to write. */
function evaluationsPerEpochFor(epochs: number): number {
  const total = Math.min(8, Math.max(3, Math.round(epochs)));
  return Math.max(1, Math.round(total / epochs));
}

function maxTokensFor({ contextLength, exampleTokens }: RecipeSubject): number {
  const limit = Math.min(contextLength, longestByDefault);
  if (exampleTokens === undefined) return Math.min(limit, 1024);
  const { p99, longest } = exampleTokens;
  // Short data is read whole. In long data the last hundredth would set the memory for all: it is cut.
  const wanted = longest <= 1024 ? longest : Math.max(1024, p99);
  return Math.min(limit, Math.max(32, Math.ceil(wanted / 32) * 32));
}

function checked(recipe: Record<string, unknown>, subject: RecipeSubject): Recipe {
  const parsed = recipeSchema.safeParse(recipe);
  if (!parsed.success) {
    const words = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'recipe'}: ${issue.message}`);
    throw new TunesmithError('bad-request', `The training recipe cannot be used. ${words.join('; ')}.`, {
      advice: 'Correct the named values, or leave them out to use the preset.',
    });
  }
  if (parsed.data.maxTokens > subject.contextLength) {
    throw new TunesmithError(
      'bad-request',
      `Examples of up to ${parsed.data.maxTokens} tokens were asked for, but this base reads at most ${subject.contextLength}.`,
      { advice: `Use ${subject.contextLength} tokens or fewer.` },
    );
  }
  return parsed.data;
}
