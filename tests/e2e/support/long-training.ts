import { expect, type Page } from '@playwright/test';
import { words } from '../../../renderer/copy/index.ts';
import { button, chooseModel, colours, heading, next, pasteExamples, startProject } from './journey.ts';

/** A training that goes on until it is ended, saved and checked often. */
export async function startLongTraining(page: Page): Promise<void> {
  await startProject(page);
  await chooseModel(page, 'Tiny llama');
  await next(page, words.model.next, words.examples.title);
  await pasteExamples(page, colours, 60);
  await next(page, words.examples.next, words.preview.title);
  await next(page, words.preview.next, words.train.title);
  await page.getByRole('button', { name: words.train.expert }).click();
  const drawer = page.getByRole('dialog', { name: words.train.expert });
  for (const [knob, value] of [
    ['epochs', '1000'],
    // Few updates an epoch, on one thread: they take their time, and no longer on a busy machine.
    ['batchSize', '20'],
    ['threads', '1'],
    ['checkpointEvery', '5'],
    ['maxAnswers', '2'],
    ['maxAnswerTokens', '4'],
  ] as const) {
    const field = drawer.getByLabel(words.knobs.labels[knob][1], { exact: true });
    await field.fill(value);
    await field.press('Enter');
  }
  await expect(drawer.getByText(words.train.reset(6))).toBeVisible();
  await page.keyboard.press('Escape');
  await button(page, words.train.begin).click();
  await expect(heading(page, words.train.titles.training)).toBeVisible({ timeout: 180_000 });
}

export async function updateOf(page: Page): Promise<number> {
  const text = await page.getByRole('progressbar', { name: words.train.progress }).getAttribute('aria-valuetext');
  return Number(/update ([\d,]+) of/.exec(text ?? '')?.[1]?.replaceAll(',', '') ?? Number.NaN);
}

/** It is learning, and gets further than `update`. */
export async function expectFurtherThan(page: Page, update: number): Promise<void> {
  await expect(heading(page, words.train.titles.training)).toBeVisible({ timeout: 180_000 });
  await expect.poll(() => updateOf(page), { timeout: 180_000 }).toBeGreaterThan(update);
}
