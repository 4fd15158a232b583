/** What a person sees when a training is cut off: by a reload, a restart, a power cut, the death of the engine; and its three ways out. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { words } from '../../renderer/copy/index.ts';
import { button, heading } from './support/journey.ts';
import { expectFurtherThan, startLongTraining, updateOf } from './support/long-training.ts';
import { expect, test, type World } from './support/world.ts';

test.use({ model: 'tiny' });
test.setTimeout(10 * 60_000);

test('a reload, a restart and a power cut: the training is found where it was, and goes on', async ({ world }) => {
  await startLongTraining(world.page);
  await expectFurtherThan(world.page, 10);
  const place = await world.page.evaluate(() => window.location.hash);
  const back = (): Promise<void> =>
    world.page.evaluate((hash) => {
      window.location.hash = hash;
    }, place);

  const before = await updateOf(world.page);
  await world.reload();
  await expectFurtherThan(world.page, before);

  await world.restart();
  await back();
  await expect(heading(world.page, words.train.titles.paused)).toBeVisible();
  const paused = await updateOf(world.page);
  expect(paused).toBeGreaterThan(before);
  await button(world.page, words.train.resume).click();
  await expectFurtherThan(world.page, paused + 5);

  const cut = await updateOf(world.page);
  await world.crash();
  await back();
  await expect(heading(world.page, words.train.titles.interrupted)).toBeVisible();
  await expect(world.page.getByText(words.train.ledes.interrupted)).toBeVisible();
  await button(world.page, words.train.resume).click();
  await expectFurtherThan(world.page, cut);

  await button(world.page, words.train.finishEarly).click();
  await expect(heading(world.page, words.train.titles.trained)).toBeVisible({ timeout: 180_000 });
  await expect(world.page.getByText(/Kept the version after update \d+: it got \d of 2/).first()).toBeVisible();
});

/** States that no ordinary way through the app comes to. */
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
    expect
      .soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`))
      .toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

async function killEngines(world: World): Promise<number> {
  const engines = (await world.children()).filter(({ kind }) => kind === 'engine');
  for (const { pid } of engines) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended already.
    }
  }
  return engines.length;
}

test('the engine is killed: it goes on by itself; killed again and again, it says what is safe and goes on when asked', async ({
  world,
}) => {
  const { page } = world;
  await startLongTraining(page);
  await expectFurtherThan(page, 10);
  const before = await updateOf(page);
  expect(await killEngines(world)).toBeGreaterThan(0);
  await expect(page.getByText(/It was started again and goes on from the newest checkpoint/).first()).toBeVisible();
  await expectFurtherThan(page, before);

  const stopped = page.getByRole('heading', { name: words.train.stopped.safe });
  await expect
    .poll(
      async () => {
        await killEngines(world);
        return stopped.isVisible();
      },
      { timeout: 180_000, intervals: [100] },
    )
    .toBe(true);
  await expect(page.getByText(/The training engine was ended from outside/).first()).toBeVisible();
  await expect(page.getByText(/^Update \d+ is saved$/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('contentinfo').getByRole('button', { name: words.train.stopped.ways.again.do }).click();
  await expectFurtherThan(page, before);

  await button(page, words.train.cancel).click();
  const dialog = page.getByRole('dialog', { name: words.train.cancelTitle });
  await expect(dialog.getByRole('button', { name: words.train.cancelNo })).toBeFocused();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: words.train.cancelYes }).click();
  await expect(heading(page, words.train.title)).toBeVisible();
  await expect(page.getByText(/^Training thrown away, .* freed\.$/)).toBeVisible();
});
