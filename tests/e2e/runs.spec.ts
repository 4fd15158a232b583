/** Runs: details, one file out and in again, a file that was tampered with, and deleting with the space it frees. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { errors } from '../../renderer/copy/errors.ts';
import { words } from '../../renderer/copy/index.ts';
import {
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

async function openRun(page: Page): Promise<void> {
  await page.getByRole('link', { name: words.shell.allRuns }).first().click();
  await page.getByRole('link', { name: words.home.runNumber(1) }).click();
  await expect(page.getByText(words.runs.facts.dataPrint, { exact: true })).toBeVisible();
}

async function importFile(page: Page, file: string): Promise<void> {
  await page.getByRole('link', { name: words.shell.settings }).click();
  await expect(heading(page, words.settings.title)).toBeVisible();
  await page.locator('input[type=file]').setInputFiles(file);
}

test('a run goes out as one file, is deleted, and comes back the same', async ({ world }) => {
  test.setTimeout(10 * 60_000);
  const page = () => world.page;
  const file = path.join(world.home, 'colours.tunesmith');
  let print = '';

  await test.step('a trained model', async () => {
    await startProject(page());
    await page().getByRole('textbox', { name: words.shell.rename }).fill('Colours');
    await page().keyboard.press('Enter');
    await chooseModel(page(), 'Tiny llama');
    await openStep(page(), 'examples');
    await pasteExamples(page(), colours, 60);
    await openStep(page(), 'train');
    await train(page());
  });

  await test.step('every input is named by its hash, every file with its size', async () => {
    await openRun(page());
    print =
      (await button(page(), new RegExp(words.runs.copyPrint(words.runs.facts.dataPrint))).getAttribute('title')) ?? '';
    expect(print).toMatch(/^[0-9a-f]{64}$/);
    await expect(page().getByText(words.runs.kinds.adapter)).toBeVisible();
    await expect(page().getByRole('heading', { name: words.runs.samples })).toBeVisible();
    await button(page(), words.runs.recipeShow).click();
    await expect(page().getByText(words.knobs.labels.learningRate[1])).toBeVisible();
  });

  await test.step('export', async () => {
    if (world.name === 'web') {
      const download = page().waitForEvent('download');
      await button(page(), words.runs.export).click();
      await (await download).saveAs(file);
    } else {
      await world.choosePath(file, async () => button(page(), words.runs.export).click());
      await expect.poll(() => existsSync(file)).toBe(true);
    }
    expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
  });

  await test.step('what is here already is not taken twice', async () => {
    await importFile(page(), file);
    await expect(page().getByText(`${errors['bad-request'].title}.`)).toBeVisible();
    await expect(page().getByText(/is here already/)).toBeVisible();
  });

  await test.step('delete frees its space', async () => {
    await openRun(page());
    await button(page(), words.runs.more).click();
    await page().getByRole('menuitem', { name: words.runs.delete }).click();
    await page().getByRole('dialog').getByRole('button', { name: words.runs.deleteYes }).click();
    await expect(page().getByText(/^Run deleted, .* freed\.$/)).toBeVisible();
    expect(readdirSync(path.join(world.home, 'data', 'runs'))).toEqual([]);
  });

  await test.step('a file that was tampered with is refused, and nothing of it is kept', async () => {
    const bad = path.join(world.home, 'bad.tunesmith');
    copyFileSync(file, bad);
    const bytes = readFileSync(bad);
    // A byte of the adapter, which is stored as it is: its hash no longer fits.
    const at = bytes.indexOf('GGUF') + 2000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    writeFileSync(bad, bytes);
    await importFile(page(), bad);
    await expect(page().getByText(`${errors['file-corrupt'].title}.`)).toBeVisible();
    expect(readdirSync(path.join(world.home, 'data', 'runs'))).toEqual([]);
  });

  await test.step('import brings it back', async () => {
    await importFile(page(), file);
    await expect(heading(page(), 'Colours')).toBeVisible();
    await expect(page().getByText(`${words.runs.fromFile}.`)).toBeVisible();
    await expect(page().getByText(words.runs.kinds.adapter)).toBeVisible();
    await expect(button(page(), new RegExp(words.runs.copyPrint(words.runs.facts.dataPrint)))).toBeVisible();
  });

  await test.step('repeating it makes a project with its examples', async () => {
    await button(page(), words.runs.repeat).click();
    await expect(page().getByText(words.home.examples('60')).first()).toBeVisible();
  });
});
