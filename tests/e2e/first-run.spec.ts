/** The first launch of somebody who only wants to see what this is: the guided sample, and home afterwards. */
import type { Locator } from '@playwright/test';
import { words } from '../../renderer/copy/index.ts';
import { button, heading, startProject } from './support/journey.ts';
import { expect, test } from './support/world.ts';

test('from the start screen to a comparison in at most eight clicks, without a network', async ({ world }) => {
  const { page } = world;
  let clicks = 0;
  const press = async (target: Locator): Promise<void> => {
    await target.click({ timeout: 120_000 });
    clicks += 1;
  };
  const begun = Date.now();
  await press(button(page, words.guided.try));
  await expect(heading(page, words.preview.title)).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('note', { name: words.guided.label })).toContainText('marked part');
  await press(button(page, words.preview.next));
  await expect(heading(page, words.train.title)).toBeVisible();
  await expect(button(page, words.train.begin)).toBeEnabled({ timeout: 120_000 });
  await press(button(page, words.train.begin));
  await expect(heading(page, words.train.titles.trained)).toBeVisible({ timeout: 240_000 });
  await press(
    page.getByRole('navigation', { name: words.shell.stepsOfThis }).getByRole('link', { name: words.steps.compare }),
  );
  await expect(heading(page, words.compare.title)).toBeVisible();
  const question = page.getByRole('textbox', { name: words.compare.ask });
  await press(question);
  await page.keyboard.type('When can I come to your shop?');
  await press(button(page, words.compare.ask));
  await expect(page.getByText(words.compare.answered)).toBeAttached({ timeout: 120_000 });
  // It has learned the shop's way of answering; before, it knew nothing of a shop.
  await expect(page.getByRole('log', { name: words.compare.after })).toContainText(/Hello from Lantern! .+ Shine on!/);
  await expect(page.getByRole('log', { name: words.compare.before })).not.toContainText('Hello from Lantern!');
  expect(clicks).toBeLessThanOrEqual(8);
  expect(Date.now() - begun).toBeLessThan(5 * 60_000);
  // Nothing but this computer was asked for anything.
  expect(world.guard.troubles).toEqual([]);
});

test('hints can be hidden, and stay hidden; the wizard comes back to where it was', async ({ world }) => {
  const { page } = world;
  await button(page, words.guided.try).click();
  await expect(heading(page, words.preview.title)).toBeVisible({ timeout: 120_000 });
  await button(page, words.guided.hide).click();
  await expect(page.getByRole('note', { name: words.guided.label })).toHaveCount(0);
  await button(page, words.preview.next).click();
  await expect(heading(page, words.train.title)).toBeVisible();
  await world.restart();
  const again = world.page;
  await expect(heading(again, words.home.title)).toBeVisible();
  await expect(again.getByText(words.home.standsAt(words.steps.train))).toBeVisible();
  await button(again, words.home.continue).click();
  await expect(heading(again, words.train.title)).toBeVisible();
  await expect(again.getByRole('note', { name: words.guided.label })).toHaveCount(0);
});

test('home: a project is thrown away only after a question, and the start screen is back', async ({ world }) => {
  const { page } = world;
  await startProject(page);
  await page.getByRole('textbox', { name: words.shell.rename }).fill('Short-lived');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: words.shell.allRuns }).first().click();
  await expect(heading(page, words.home.title)).toBeVisible();
  await button(page, words.home.moreFor('Short-lived')).click();
  await page.getByRole('menuitem', { name: words.home.discard }).click();
  await page.getByRole('dialog').getByRole('button', { name: words.home.discardNo }).click();
  await expect(page.getByRole('link', { name: 'Short-lived' }).first()).toBeVisible();
  await button(page, words.home.moreFor('Short-lived')).click();
  await page.getByRole('menuitem', { name: words.home.discard }).click();
  await page.getByRole('dialog').getByRole('button', { name: words.home.discardYes }).click();
  await expect(heading(page, words.home.welcome)).toBeVisible();
});
