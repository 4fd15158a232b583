import { words } from '../../../renderer/copy/index.ts';
import { button, chooseModel, next, startProject } from '../support/journey.ts';
import { test } from '../support/world.ts';
import { layoutTroubles } from '../support/layout.ts';
test.use({ model: 'tiny' });
test('play', async ({ world }) => {
  const { page } = world;
  await startProject(page);
  await chooseModel(page, 'Tiny llama');
  await next(page, words.model.next, words.examples.title);
  await button(page, words.examples.type).click();
  await page.waitForTimeout(500);
  console.log(await layoutTroubles(page, { isDialog: true, isZoomed: false }));
  console.log(
    await page.evaluate(() =>
      ['dialog[open]', '.dh', '.db', '.df', '.df .btn'].map((q) => {
        const r = document.querySelector(q)!.getBoundingClientRect();
        return `${q} ${r.left} ${r.top} ${r.right} ${r.bottom}`;
      }),
    ),
  );
  await page.screenshot({ path: '/tmp/play1.png' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.screenshot({ path: '/tmp/play2.png' });
  await page.setViewportSize({ width: 640, height: 400 });
  await page.keyboard.press('Escape');
  await page.screenshot({ path: '/tmp/play3.png' });
});
