/** The window in a language that does not exist: whatever comes from renderer/copy is marked, so a word that does not is seen. */
import type { Page } from '@playwright/test';
import { words } from '../../renderer/copy/index.ts';
import { disguise } from '../../renderer/copy/pseudo.ts';
import { colours } from './support/journey.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });

/** What a person brought, and names. */
const theirs = /^(Tiny llama|Say \w+ \d+|\w+|[\w./-]+\.(gguf|txt)|mit|llama|F32|CPU.*|x-pseudo)$/;

/** Said by main, in English still. Named one by one, so that they do not become more unseen. */
const fromMain = /^text with the labels .*$/;

test('the main screens show no word that another language could not replace', async ({ world }) => {
  const { page } = world;
  await page.evaluate(() => localStorage.setItem('language', 'x-pseudo'));
  await world.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'x-pseudo');
  await expectOnlyCopy(page, 'welcome');

  const primary = page.locator('[data-key=primary]');
  const title = page.getByRole('heading', { level: 1 });
  const next = async (): Promise<void> => {
    const before = await title.textContent();
    await expect(primary).toBeEnabled();
    await primary.click();
    await expect(title).not.toHaveText(before!);
  };
  await next();
  await page.getByRole('radio', { name: /Tiny llama/ }).click();
  await expect(primary).toBeEnabled();
  await expectOnlyCopy(page, 'model');
  await next();
  await page.getByRole('button', { name: disguise(words.examples.paste), exact: true }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(`${colours}\n# INPUT\nSay red 0\n# OUTPUT\nblue\n`);
  await expectOnlyCopy(page, 'examples, pasting');
  await page.getByRole('button', { name: disguise(words.examples.pasteRead) }).click();
  await expect(primary).toBeEnabled();
  await expect(page.locator('.doctor[aria-busy=false] .find')).toHaveCount(1);
  await expectOnlyCopy(page, 'examples');
  await next();
  await expect(page.getByText('Say red 0').first()).toBeVisible();
  await expectOnlyCopy(page, 'preview');
  await next();
  await expect(primary).toBeEnabled({ timeout: 60_000 });
  await expectOnlyCopy(page, 'train');
  await page.keyboard.press('Control+0');
  await expect(primary).toBeEnabled();
  await expectOnlyCopy(page, 'home');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectOnlyCopy(page, 'shortcuts');
});

async function expectOnlyCopy(page: Page, name: string): Promise<void> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      // Examples and their tokens, paths, keys of the keyboard: none of them is language. A model's name is its own.
      if (node.parentElement?.closest('code, pre, textarea, kbd, .tokens, .mcard h2') === null)
        found.push(node.textContent ?? '');
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const attribute of ['aria-label', 'title', 'placeholder']) found.push(element.getAttribute(attribute) ?? '');
    }
    return found.map((text) => text.trim());
  });
  const strange = texts.filter(
    (text) => /\p{L}{2}/u.test(text) && !text.includes('⟦') && !theirs.test(text) && !fromMain.test(text),
  );
  expect.soft([...new Set(strange)], name).toEqual([]);
}
