import { Option, type Command } from 'commander';
import { parseCheckSpec } from '#common/domain/check.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import type { RecipeOverrides } from '../../services/recipes/presets.ts';
import { parseRecipeOptions, recipeOptions } from '../../services/recipes/options.ts';
import type { Correction } from '../../services/importing/report.ts';
import { formatNames } from '../../services/importing/report.ts';
import { extraRecipeOptions, parseExtraRecipeOptions } from './recipe-flags.ts';

export type Given = Readonly<Record<string, string | undefined>>;

export const baseOption = (): Option =>
  new Option('--base <BASE>', 'a GGUF file, ollama:NAME, or an id of the catalogue').makeOptionMandatory();

export const templateOption = (): Option =>
  new Option('--chat-template <NAME>', 'chat format to use instead of the base’s own: gemma, llama3, chatml, plain');

export const checkOption = (): Option =>
  new Option(
    '--check <SPEC>',
    'when an answer is right: similar, exact, contains, json, regex:PATTERN, or command:PROGRAM ARGS',
  );

/** Options that correct what was guessed of data files. */
export function addImportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <NAME>', 'how the files are laid out, where the guess is wrong').choices(formatNames),
    )
    .option('--encoding <NAME>', 'such as utf-8 or windows-1252, where the guess is wrong')
    .option('--delimiter <TEXT>', 'between the columns of a table')
    .option('--sheet <NAME>', 'of an Excel workbook that holds several')
    .option('--repair', 'read damaged JSON as far as it can be understood');
}

export function importCorrection(given: Given & { readonly repair?: unknown }): Correction {
  const { format, encoding, delimiter, sheet } = given;
  return {
    ...(format === undefined ? {} : { format: format as NonNullable<Correction['format']> }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(given.repair === undefined ? {} : { repair: true }),
  };
}

/** Every knob of the recipe. */
export function addRecipeOptions(command: Command): Command {
  command.addOption(
    new Option('--preset <NAME>', 'how thoroughly to practise')
      .choices(['quick', 'balanced', 'thorough'])
      .default('balanced'),
  );
  for (const { name, value, describe } of recipeOptions) command.option(`--${name} <${value}>`, describe);
  for (const { name, value, describe } of extraRecipeOptions) command.option(`--${name} <${value}>`, describe);
  return command.addOption(checkOption()).addOption(templateOption());
}

/** Reads what `addRecipeOptions` added. Throws `bad-request` naming the option. */
export function recipeOverrides(given: Given): RecipeOverrides {
  const { check, chatTemplate } = given;
  const byName = (name: string): string | undefined => given[camelCase(name)];
  const pick = (names: readonly { readonly name: string }[]) =>
    Object.fromEntries(names.map(({ name }) => [name, byName(name)]));
  return {
    ...parseRecipeOptions(pick(recipeOptions)),
    ...parseExtraRecipeOptions(pick(extraRecipeOptions)),
    ...(check === undefined ? {} : { check: parseCheckSpec(check) }),
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
  };
}

export function checkOf(given: Given): CheckSpec | undefined {
  return given['check'] === undefined ? undefined : parseCheckSpec(given['check']);
}

/** A whole number of an option. Throws `bad-request`. */
export function wholeNumber(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new TunesmithError('bad-request', `--${name} was given "${text}", but it takes a whole number from ${least}.`);
}

/** A number from 0 of an option. Throws `bad-request`. */
export function positiveNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = /^(?:\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new TunesmithError('bad-request', `--${name} was given "${text}", but it takes a number from 0.`);
}

export function threadsOf(text: string | undefined): number | 'auto' {
  return text === undefined || text === 'auto' ? 'auto' : wholeNumber('threads', text, 1);
}

/** As commander names options: `max-tokens` is `maxTokens`. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
