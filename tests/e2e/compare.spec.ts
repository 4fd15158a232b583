/** Comparing: side by side with its history, a taste test by keys, what was forgotten, and a bad answer that becomes an example. */
import type { Page } from '@playwright/test';
import { words } from '../../renderer/copy/index.ts';
import {
  ask,
  button,
  chooseModel,
  colours,
  heading,
  openStep,
  pasteExamples,
  startProject,
  train,
} from './support/journey.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny', actionTimeout: 60_000 });

const tab = (page: Page, name: string) => page.getByRole('tab', { name });

test('side by side, blind, forgetting, and a fixed answer', async ({ world }) => {
  test.setTimeout(15 * 60_000);
  const page = () => world.page;

  await test.step('a trained model', async () => {
    await startProject(page());
    await page().getByRole('textbox', { name: words.shell.rename }).fill('Colours');
    await page().keyboard.press('Enter');
    await chooseModel(page(), 'Tiny llama');
    await openStep(page(), 'examples');
    await pasteExamples(page(), colours, 60);
    await openStep(page(), 'train');
    await train(page());
    await openStep(page(), 'compare');
    await expect(heading(page(), words.compare.title)).toBeVisible();
  });

  await test.step('held-out questions are offered, and what was asked is there after a reload', async () => {
    await expect(page().getByText(words.compare.suggestions)).toBeVisible();
    await page().locator('.suggestion').first().click();
    const box = page().getByRole('textbox', { name: words.compare.ask });
    await expect(box).toHaveValue(/^Say /);
    const question = await box.inputValue();
    const { after } = await ask(page(), question);
    await expect(after).toContainText(question);
    await world.reload();
    await expect(page().getByRole('log', { name: words.compare.before })).toContainText(question);
    await expect(page().getByRole('log', { name: words.compare.after })).toContainText(question);
  });

  await test.step('a fixed answer takes the place of the old one, or is added', async () => {
    await button(page(), words.compare.fix).click();
    const dialog = page().getByRole('dialog', { name: words.compare.fixTitle });
    await expect(dialog.getByText(words.compare.fixExpected)).toBeVisible();
    await dialog.getByLabel(words.compare.fixAnswer).fill('violet');
    await dialog.getByRole('button', { name: words.compare.fixSave }).click();
    await expect(page().getByText(words.compare.fixedReplaced)).toBeVisible();
    await ask(page(), 'Say mauve 99');
    await button(page(), words.compare.fix).click();
    await dialog.getByLabel(words.compare.fixAnswer).fill('lilac');
    await dialog.getByRole('button', { name: words.compare.fixSave }).click();
    await expect(page().getByText(words.compare.fixedWaiting(1))).toBeVisible();
  });

  await test.step('a taste test, judged by keys; it goes on behind another screen', async () => {
    await tab(page(), words.compare.blind).click();
    await page().getByRole('spinbutton', { name: words.compare.howMany }).fill('3');
    await page().getByRole('textbox', { name: words.compare.own }).fill('Say teal 1\nSay gold 2');
    await button(page(), words.compare.begin).click();
    await expect(page().getByRole('progressbar', { name: words.compare.preparing })).toBeVisible();
    await openStep(page(), 'examples');
    await openStep(page(), 'compare');
    await tab(page(), words.compare.blind).click();
    await expect(heading(page(), words.compare.blindTitle)).toBeVisible({ timeout: 300_000 });
    const at = (number: number) => expect(page().getByText(words.compare.progress(number, 3)).first()).toBeVisible();
    await at(1);
    await page().keyboard.press('1');
    await at(2);
    await page().keyboard.press('z');
    await at(1);
    await page().keyboard.press('3');
    await at(2);
    await world.reload();
    await tab(page(), words.compare.blind).click();
    await at(2);
    await page().keyboard.press('4');
    await at(3);
    await page().keyboard.press('3');
    await expect(heading(page(), words.compare.verdicts['nothing-chosen'])).toBeVisible();
    await expect(page().getByText(words.compare.ties(3))).toBeVisible();
  });

  await test.step('general questions: of a model that knew nothing, nothing is claimed', async () => {
    await tab(page(), words.compare.forgetting).click();
    await button(page(), words.compare.forgettingBegin).click();
    await expect(heading(page(), words.compare.forgettingVerdicts['knew-little'])).toBeVisible({ timeout: 400_000 });
    await expect(page().getByText(words.compare.forgettingNext['knew-little'])).toBeVisible();
    await expect(page().getByRole('rowheader', { name: words.compare.kinds.languages })).toBeVisible();
  });
});
