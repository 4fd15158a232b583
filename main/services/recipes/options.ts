import { TunesmithError } from '#common/domain/errors.ts';
import { deviceChoiceSchema, linearNames, linearNameSchema, scheduleSchema } from '#common/domain/recipe.ts';
import type { LinearName } from '#common/domain/recipe.ts';
import type { RecipeOverrides } from './presets.ts';

/** One recipe knob as the command line offers it. */
export interface RecipeOption {
  /** Long option without dashes, e.g. `max-tokens`. */
  readonly name: string;
  /** Placeholder in the help. */
  readonly value: string;
  readonly describe: string;
  /** Throws `bad-request` where the text is no such value. */
  readonly parse: (text: string) => RecipeOverrides;
}

/** Every recipe knob of `train`, in the order of the help. */
export const recipeOptions: readonly RecipeOption[] = [
  {
    name: 'rank',
    value: 'N',
    describe: 'size of the learned part, 1 to 256 (LoRA rank)',
    parse: (text) => ({ rank: whole('rank', text, 1, 256) }),
  },
  {
    name: 'alpha',
    value: 'X',
    describe: 'strength of the learned part (default: twice the rank)',
    parse: (text) => ({ alpha: number('alpha', text, { above: 0 }) }),
  },
  {
    name: 'lr',
    value: 'X',
    describe: 'peak learning rate, e.g. 1e-3',
    parse: (text) => ({ learningRate: number('lr', text, { above: 0, most: 1 }) }),
  },
  {
    name: 'epochs',
    value: 'X',
    describe: 'how often every example is read',
    parse: (text) => ({ epochs: number('epochs', text, { above: 0, most: 1000 }) }),
  },
  {
    name: 'batch',
    value: 'N',
    describe: 'examples per update',
    parse: (text) => ({ batchSize: whole('batch', text, 1, 4096) }),
  },
  {
    name: 'max-tokens',
    value: 'N',
    describe: 'longer examples are cut to this many tokens',
    parse: (text) => ({ maxTokens: whole('max-tokens', text, 8, 1_048_576) }),
  },
  {
    name: 'held-out',
    value: 'SHARE',
    describe: 'share of the examples kept for testing, e.g. 0.1 or 10%; 0 for none',
    parse: (text) => ({ heldOut: share('held-out', text, 0.5) }),
  },
  {
    name: 'targets',
    value: 'LIST',
    describe: `layers that learn: "all" or some of ${linearNames.join(',')}`,
    parse: (text) => ({ targets: targets(text) }),
  },
  {
    name: 'schedule',
    value: 'NAME',
    describe: `how the learning rate falls: ${scheduleSchema.options.join(', ')}`,
    parse: (text) => ({ schedule: oneOf('schedule', text, scheduleSchema.options) }),
  },
  {
    name: 'warmup',
    value: 'SHARE',
    describe: 'share of the updates in which the rate rises, e.g. 0.1 or 10%',
    parse: (text) => ({ warmup: share('warmup', text, 1) }),
  },
  {
    name: 'dropout',
    value: 'SHARE',
    describe: 'share of inputs dropped at random while learning, 0 to below 1',
    parse: (text) => ({ dropout: share('dropout', text, 0.99) }),
  },
  {
    name: 'device',
    value: 'NAME',
    describe: `where to compute: ${deviceChoiceSchema.options.join(', ')}`,
    parse: (text) => ({ device: oneOf('device', text, deviceChoiceSchema.options) }),
  },
  {
    name: 'threads',
    value: 'N',
    describe: 'processor threads, or "auto"',
    parse: (text) => ({ threads: text.trim() === 'auto' ? 'auto' : whole('threads', text, 1, 1024) }),
  },
  {
    name: 'seed',
    value: 'N',
    describe: 'start of the random numbers: equal seeds give equal runs',
    parse: (text) => ({ seed: whole('seed', text, 0, Number.MAX_SAFE_INTEGER) }),
  },
];

/** Reads the options that were given (long name without dashes -> text) into overrides for `makeRecipe`. */
export function parseRecipeOptions(given: Readonly<Record<string, string | undefined>>): RecipeOverrides {
  let overrides: RecipeOverrides = {};
  for (const option of recipeOptions) {
    const text = given[option.name];
    if (text !== undefined) overrides = { ...overrides, ...option.parse(text) };
  }
  return overrides;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = toNumber(text);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw wrong(name, text, `a whole number from ${least} to ${most}`);
  }
  return value;
}

function number(name: string, text: string, limits: { above: number; most?: number }): number {
  const value = toNumber(text);
  if (!Number.isFinite(value) || value <= limits.above || value > (limits.most ?? Infinity)) {
    const upTo = limits.most === undefined ? '' : ` and at most ${limits.most}`;
    throw wrong(name, text, `a number above ${limits.above}${upTo}`);
  }
  return value;
}

function share(name: string, text: string, most: number): number {
  const percent = text.trim().endsWith('%');
  const value = percent ? toNumber(text.trim().slice(0, -1)) / 100 : toNumber(text);
  if (!Number.isFinite(value) || value < 0 || value > most) {
    throw wrong(name, text, `a share from 0 to ${most} (or 0% to ${most * 100}%)`);
  }
  return value;
}

function targets(text: string): LinearName[] {
  if (text.trim() === 'all') return [...linearNames];
  const names = text.split(/[,\s]+/).filter((name) => name !== '');
  const known = names.filter((name): name is LinearName => linearNameSchema.safeParse(name).success);
  if (known.length === 0 || known.length !== names.length) {
    throw wrong('targets', text, `"all", or some of ${linearNames.join(', ')} with commas between`);
  }
  return linearNames.filter((name) => known.includes(name));
}

function oneOf<T extends string>(name: string, text: string, options: readonly T[]): T {
  const found = options.find((option) => option === text.trim());
  if (found === undefined) throw wrong(name, text, `one of ${options.join(', ')}`);
  return found;
}

/** `Number('')` is 0 and `Number('0x10')` is 16: neither is what a person means here. */
function toNumber(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

function wrong(name: string, text: string, wanted: string): TunesmithError {
  return new TunesmithError('bad-request', `--${name} was given "${text}", but it takes ${wanted}.`, {
    advice: `Correct --${name}, or leave it out to use the preset.`,
  });
}
