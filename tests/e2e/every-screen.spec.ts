/** One way through every screen and dialog, with a real training: each is held to axe in both themes, and to its layout at three sizes. */
import { axeTroubles } from './support/axe.ts';
import { layoutTroubles } from './support/layout.ts';
import { tour } from './support/tour.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });
test.setTimeout(20 * 60_000);

const usual = { width: 1280, height: 800 };
const sizes = [
  { ...usual, isZoomed: false },
  { width: 960, height: 640, isZoomed: false },
  // The usual window with text at 200 %: half as many pixels each way.
  { width: 640, height: 400, isZoomed: true },
] as const;

test('axe objects to nothing, light or dark; nothing is cut off or covered, and only the main part scrolls', async ({
  world,
}) => {
  await tour(world, async ({ name, page, isDialog }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect.soft(await axeTroubles(page), `${name}, ${colorScheme}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    for (const { width, height, isZoomed } of sizes) {
      await page.setViewportSize({ width, height });
      expect.soft(await layoutTroubles(page, { isDialog, isZoomed }), `${name}, ${width} x ${height}`).toEqual([]);
    }
    await page.setViewportSize(usual);
  });
});
