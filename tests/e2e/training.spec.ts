/** What a person sees when a training is cut off: by a reload, a restart, a power cut, the death of the engine; and its three ways out. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { words } from '../../renderer/copy/index.ts';
import { button, chooseModel, colours, heading, next, pasteExamples, startProject } from './support/journey.ts';
import { expect, test, type World } from './support/world.ts';

test.use({ model: 'tiny' });
test.setTimeout(10 * 60_000);

/** A training that goes on until it is ended, saved and checked often. */
async function startLongTraining(page: Page): Promise<void> {
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

async function updateOf(page: Page): Promise<number> {
  const text = await page.getByRole('progressbar', { name: words.train.progress }).getAttribute('aria-valuetext');
  return Number(/update ([\d,]+) of/.exec(text ?? '')?.[1]?.replaceAll(',', '') ?? Number.NaN);
}

/** It is learning, and gets further than `update`. */
async function expectFurtherThan(page: Page, update: number): Promise<void> {
  await expect(heading(page, words.train.titles.training)).toBeVisible({ timeout: 180_000 });
  await expect.poll(() => updateOf(page), { timeout: 180_000 }).toBeGreaterThan(update);
}

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
