/** Settings that reach outside: looking for new versions, and a library that was added. */
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { linuxCuda } from '#common/platform/additions.ts';
import { releasePage } from '#common/domain/project.ts';
import { words } from '../../../renderer/copy/index.ts';
import { makeRunFile } from '../../support/run-file.ts';
import { axeTroubles } from '../support/axe.ts';
import { button, heading } from '../support/journey.ts';
import { expect, test, type Shell } from './shell.ts';

async function openSettings(page: Page): Promise<void> {
  await page.keyboard.press('Control+,');
  await expect(heading(page, words.settings.title)).toBeVisible();
}

/** Starts the app anew with a feed on this computer that counts. */
async function withFeed({ env, now, start }: Shell, answer: () => string) {
  let asked = 0;
  const server = http.createServer((_request, response) => {
    asked += 1;
    response.end(answer());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await now.quit();
  Object.assign(env, { TUNESMITH_RELEASES: `http://127.0.0.1:${port}/latest` });
  await start();
  return { asked: () => asked, [Symbol.dispose]: () => void server.close() };
}

test('a new version: asked first, told as plain text, its page opened outside; nothing else is opened', async ({
  shell,
}) => {
  const notes = 'Better.\n<img src=x onerror="document.title=1"> <a href="https://example.com">here</a>';
  using feed = await withFeed(shell, () =>
    JSON.stringify({ tag_name: 'v99.1.0', body: notes, html_url: 'https://example.com' }),
  );
  const { page, app } = shell.now;
  const file = path.join(shell.home, 'one.tunesmith');
  await makeRunFile(file, 'Lanterns', { kind: 'similar' });

  await test.step('the home screen asks once there is something, and nobody was asked before', async () => {
    await page.locator('input[type=file]').setInputFiles(file);
    await expect(heading(page, 'Lanterns')).toBeVisible();
    await page.getByRole('link', { name: words.shell.allRuns }).first().click();
    await expect(page.getByText(`${words.updates.askTitle}`)).toBeVisible();
    expect(feed.asked()).toBe(0);
    await button(page, words.updates.yes).click();
    await expect(page.getByText(`${words.updates.newer('99.1.0')}.`)).toBeVisible();
    expect(feed.asked()).toBe(1);
    expect(await axeTroubles(page, { inElectron: true })).toEqual([]);
  });

  await test.step('Settings shows it, and its button opens the page in the system’s browser', async () => {
    await app.evaluate(({ shell: system }) => {
      const kept = globalThis as unknown as { outside: string[] };
      kept.outside = [];
      system.openExternal = (address) => {
        kept.outside.push(address);
        return Promise.resolve();
      };
    });
    await button(page, words.updates.read).click();
    await page.getByText(words.updates.notes).click();
    await expect(page.getByText('<img src=x onerror=')).toBeVisible();
    expect(await axeTroubles(page, { inElectron: true })).toEqual([]);
    await page.getByRole('link', { name: words.updates.open }).click();
    await page.evaluate((address) => window.open(`${address}/../../evil`), releasePage('99.1.0'));
    await expect
      .poll(() => app.evaluate(() => (globalThis as unknown as { outside: string[] }).outside))
      .toEqual([releasePage('99.1.0')]);
  });

  await test.step('switched off it stays off after a restart; “check now” asks that once', async () => {
    await page.getByRole('radio', { name: words.updates.choices.off }).check();
    await shell.now.quit();
    await shell.start();
    const again = shell.now.page;
    await openSettings(again);
    await expect(again.getByRole('radio', { name: words.updates.choices.off })).toBeChecked();
    const before = feed.asked();
    await button(again, words.updates.check).click();
    await expect.poll(() => feed.asked()).toBe(before + 1);
  });
});

test('a CUDA library that is not what was published is named, and goes with its bytes', async ({ shell }) => {
  const { page } = shell.now;
  await openSettings(page);
  await expect(page.getByRole('heading', { name: words.settings.devices })).toBeVisible();
  // No NVIDIA card here: nothing is offered.
  await expect(page.getByRole('heading', { name: words.additions.cuda })).toHaveCount(0);
  await shell.now.quit();
  const folder = path.join(shell.data, 'additions');
  const [pin] = linuxCuda;
  const library = path.join(folder, pin!.fileName);
  mkdirSync(folder);
  writeFileSync(library, 'not it');
  truncateSync(library, pin!.bytes);
  await shell.start();
  const again = shell.now.page;
  await openSettings(again);
  await expect(again.getByText(`${words.additions.changed}.`)).toBeVisible();
  // The engine passes it over and works.
  await expect(again.getByText(words.settings.used).first()).toBeVisible({ timeout: 60_000 });
  await again.getByRole('heading', { name: words.additions.cuda }).scrollIntoViewIfNeeded();
  await again.screenshot({ path: path.resolve('.cache/test-results/cuda-settings.png') });
  expect(await axeTroubles(again, { inElectron: true })).toEqual([]);
  await button(again, words.additions.remove).click();
  await expect(again.getByText(words.additions.removed('159 MB'))).toBeVisible();
  await expect(again.getByRole('heading', { name: words.additions.cuda })).toHaveCount(0);
  expect(existsSync(library)).toBe(false);
});

const root = path.resolve(import.meta.dirname, '../../..');

test('the real CUDA library, on a computer without a card: the engine goes on with what is there', async ({
  shell,
}) => {
  const [pin] = linuxCuda;
  const real = path.join(root, 'node_modules', pin!.packageName, pin!.entry.replace(/^package\//, ''));
  test.skip(!existsSync(real), `${pin!.packageName} is not installed`);
  await shell.now.quit();
  const folder = path.join(shell.data, 'additions');
  mkdirSync(folder);
  symlinkSync(real, path.join(folder, pin!.fileName));
  await shell.start();
  const { page } = shell.now;
  await openSettings(page);
  await expect(page.getByText(`${words.additions.ready}.`)).toBeVisible();
  await expect(page.getByText(words.settings.used).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('heading', { name: words.additions.cuda }).scrollIntoViewIfNeeded();
  await page.screenshot({ path: path.resolve('.cache/test-results/cuda-ready.png') });
});
