/** The Model step: downloads from a real host on this computer, licences, files that are no models, Ollama that is not there. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { words } from '../../renderer/copy/index.ts';
import { catalogueFor, openModelHost, type ModelHost } from '../support/model-host.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { button, heading, startProject } from './support/journey.ts';
import { expect, test as base } from './support/world.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const downloadTiny = /^Download, .*: Tiny$/;
const license = { name: 'Test Terms', url: 'https://example.org/terms', mustAccept: true };

const test = base.extend<{ readonly host: ModelHost }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the parameters
  host: async ({}, use, info) => {
    const file = path.join(os.tmpdir(), `tunesmith-host-${info.workerIndex}-${process.pid}.gguf`);
    await writeTinyModel(file, { architecture: 'llama', layers: 1 });
    await using host = await openModelHost(readFileSync(file), { holdAt: 100_000 });
    await use(host);
    rmSync(file, { force: true });
  },
  appEnv: async ({ host }, use, info) => {
    const file = path.join(os.tmpdir(), `tunesmith-catalogue-${info.workerIndex}-${process.pid}.json`);
    const isLicensed = info.title.includes('licence');
    await use(catalogueFor(host, file, isLicensed ? { license } : {}));
    rmSync(file, { force: true });
  },
});

test('a model is downloaded with progress, paused, resumed, chosen, and deleted again', async ({ world, host }) => {
  const { page } = world;
  await startProject(page);
  const card = page.locator('.mcard', { hasText: 'Tiny' });
  const radio = page.getByRole('radio', { name: 'Tiny', exact: true });
  await expect(radio).toBeDisabled();
  await page.getByRole('button', { name: downloadTiny }).click();
  const meter = page.getByRole('progressbar', { name: words.model.downloadingOf('Tiny') });
  await expect(meter).toBeVisible();
  await expect.poll(async () => Number(await meter.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
  await button(page, words.model.pauseOf('Tiny')).click();
  await expect(card.getByText(/^Paused at/)).toBeVisible();
  const before = host.requests.length;
  host.behaviour.holdAt = null;

  // Over a restart of the app it stays as it was, and nobody is asked.
  await world.restart();
  await button(world.page, words.home.continue).click();
  await expect(world.page.getByText(/^Paused at/)).toBeVisible();
  expect(host.requests).toHaveLength(before);
  await button(world.page, words.model.resumeOf('Tiny')).click();
  await expect(world.page.getByRole('status').getByText(words.model.ready('Tiny'))).toBeVisible({ timeout: 60_000 });
  expect(host.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
  await expect(world.page.getByRole('radio', { name: 'Tiny', exact: true })).toBeChecked();

  await button(world.page, words.model.moreFor('Tiny')).click();
  await world.page.getByRole('menuitem', { name: words.model.deleteFile }).click();
  await world.page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete, frees/ })
    .click();
  await expect(world.page.getByText(/Tiny deleted, .* freed/)).toBeVisible();
  await expect(world.page.getByText(words.model.chooseOne)).toBeVisible();
  await expect(world.page.getByRole('button', { name: downloadTiny })).toBeVisible();
});

test('a licence is shown and accepted before the host is asked for anything', async ({ world, host }) => {
  const { page } = world;
  await startProject(page);
  await page.getByRole('button', { name: downloadTiny }).click();
  const dialog = page.getByRole('dialog', { name: 'Test Terms' });
  await expect(dialog.getByRole('link', { name: license.url })).toBeVisible();
  const accept = dialog.getByRole('button', { name: /^Accept and download/ });
  await expect(accept).toBeDisabled();
  await dialog.getByRole('button', { name: words.ui.cancel }).click();
  expect(host.requests).toEqual([]);
  await page.getByRole('button', { name: downloadTiny }).click();
  await dialog.getByRole('checkbox').check();
  await accept.click();
  await expect(page.getByRole('progressbar', { name: words.model.downloadingOf('Tiny') })).toBeVisible();
  expect(JSON.parse(readFileSync(path.join(world.home, 'data', 'licenses.json'), 'utf8'))).toMatchObject([
    { license: 'Test Terms', model: 'tiny' },
  ]);
});

test('a host that refuses is told in words where it happened, and tried again on request', async ({ world, host }) => {
  host.behaviour.status = 404;
  host.behaviour.holdAt = null;
  const { page } = world;
  await startProject(page);
  await page.getByRole('button', { name: downloadTiny }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(/Tiny is not at .* any more/);
  host.behaviour.status = 200;
  await alert.getByRole('button', { name: words.ui.again }).click();
  await expect(page.getByRole('status').getByText(words.model.ready('Tiny'))).toBeVisible({ timeout: 60_000 });
});

test('files: what is no model is named with what, why and what next; a real one can be chosen', async ({ world }) => {
  const { page } = world;
  const wrong = path.join(world.home, 'photo.gguf');
  writeFileSync(wrong, 'PK\u0003\u0004 something else altogether');
  const right = path.join(world.home, 'mine.gguf');
  await writeTinyModel(right, { architecture: 'gemma3', layers: 1 });
  await startProject(page);
  await page.getByRole('tab', { name: words.model.fromFile }).click();
  await world.choosePath(wrong, async () => button(page, words.model.choose).click());
  await expect(page.getByRole('alert')).toContainText(/not in GGUF format: it looks like a zip archive/);
  await world.choosePath(right, async () => button(page, words.model.choose).click());
  await expect(page.getByText(words.model.fileChosen('mine.gguf'))).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await button(page, words.model.next).click();
  await expect(heading(page, words.examples.title)).toBeVisible();
});

test('search, keyboard, Ollama that is missing, and no accessibility findings', async ({ world }) => {
  const { page } = world;
  await startProject(page);
  await expect(page.getByRole('radio').first()).toBeVisible();
  await page.getByRole('searchbox').fill('no such thing');
  await expect(page.getByText(words.model.noneFound('no such thing'))).toBeVisible();
  await page.getByRole('searchbox').fill('qwen3');
  await expect(page.getByRole('radio', { name: 'Qwen3 0.6B' })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Gemma 3 1B' })).toHaveCount(0);
  await page.getByRole('searchbox').fill('');
  await page.getByRole('tab', { name: words.model.catalogue }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/Ollama is (not installed|installed)/).first()).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio').first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
});
