import { expect, type Locator, type Page } from '@playwright/test';
import type { StepId } from '#common/contract/app/drafts.ts';
import { words } from '../../../renderer/copy/index.ts';

/** Sixty short examples with a rule that even a tiny model can pick up. */
export const colours = Array.from({ length: 60 }, (_, n) => {
  const names = ['red', 'blue', 'green', 'white', 'black', 'brown', 'pink', 'grey'];
  return `# INPUT\nSay ${names[n % 8]} ${n}\n# OUTPUT\n${names[(n + 1) % 8]}\n`;
}).join('\n');

export function heading(page: Page, name?: string | RegExp): Locator {
  return page.getByRole('heading', { level: 1, ...(name === undefined ? {} : { name }) });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole('button', { name, exact: typeof name === 'string' });
}

/** From the very first screen, or from the list of runs. */
export async function startProject(page: Page): Promise<void> {
  await button(page, words.home.start).or(button(page, words.home.new)).first().click();
  await expect(heading(page, words.model.title)).toBeVisible();
}

export async function chooseModel(page: Page, title: string): Promise<void> {
  const card = page.getByRole('radio', { name: new RegExp(escapeRegExp(title)) }).first();
  // Not `check`: it looks at once, and the choice shows when the model has been read.
  await card.click();
  await expect(page.getByText(words.model.ready(title))).toBeVisible();
}

export async function pasteExamples(page: Page, text: string, count: number): Promise<void> {
  await button(page, words.examples.paste).click();
  const dialog = page.getByRole('dialog', { name: words.examples.pasteTitle });
  await dialog.getByLabel(words.examples.pasteText).fill(text);
  await dialog.getByRole('button', { name: words.examples.pasteRead }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(words.examples.matches(String(count)), { exact: true }).first()).toBeVisible();
}

/** Presses the primary button of the bar, which names the next step, and waits for that step's title. */
export async function next(page: Page, label: string, title: string | RegExp): Promise<void> {
  await page.getByRole('contentinfo').getByRole('button', { name: label }).click();
  await expect(heading(page, title)).toBeVisible();
}

export async function openStep(page: Page, step: StepId): Promise<void> {
  await page
    .getByRole('navigation', { name: words.shell.stepsOfThis })
    .getByRole('link', { name: words.steps[step] })
    .click();
}

/** Quick, with the given overrides left as the preset says. */
export async function train(page: Page, { timeoutMs = 180_000 } = {}): Promise<void> {
  const quick = page.getByRole('radio', { name: new RegExp(words.train.presets.quick[0]) });
  await quick.click();
  await expect(quick).toBeChecked();
  // What the preset means for these examples is worked out first.
  await expect(button(page, words.train.begin)).toBeEnabled({ timeout: 120_000 });
  await button(page, words.train.begin).click();
  await expect(heading(page, words.train.titles.trained)).toBeVisible({ timeout: timeoutMs });
}

/** Makes the suggested size, and measures it where examples are held out. */
export async function shrink(page: Page): Promise<void> {
  await button(page, words.shrink.make).or(button(page, words.shrink.makeOnly)).click();
  const sizes = page.getByRole('region', { name: words.shrink.region });
  await expect(sizes.getByText(words.shrink.measured).first()).toBeVisible({ timeout: 120_000 });
}

/** Asks both models and waits for the answers. A model that never stops by itself is stopped once it has said something. */
export async function ask(
  page: Page,
  question: string,
  { stop = false } = {},
): Promise<Record<'before' | 'after', Locator>> {
  await page.getByRole('textbox', { name: words.compare.ask }).fill(question);
  await button(page, words.compare.ask).click();
  const answers = { before: answersOf(page, words.compare.before), after: answersOf(page, words.compare.after) };
  await expect(answers.before).toContainText(question);
  if (stop) {
    await expect(answers.before.locator('.answer').last()).toHaveText(/\S/, { timeout: 60_000 });
    // A quick one has said all it may by now.
    await button(page, words.compare.stop)
      .click({ timeout: 3000 })
      .catch(() => undefined);
  }
  await expect(page.getByText(words.compare.answered)).toBeAttached({ timeout: 120_000 });
  return answers;
}

function answersOf(page: Page, name: string): Locator {
  return page.getByRole('log', { name });
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
