/** Every screen and dialog at the smallest and the usual size of the window, and with text twice as large. */
import { layoutTroubles } from './support/layout.ts';
import { tour } from './support/tour.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });

const sizes = [
  { width: 1280, height: 800, isZoomed: false },
  { width: 960, height: 640, isZoomed: false },
  // The usual window at 200 %: half as many pixels each way.
  { width: 640, height: 400, isZoomed: true },
] as const;

test.setTimeout(15 * 60_000);

test('nothing is cut off, nothing overlaps, and only the main part scrolls', async ({ world }) => {
  await tour(world, async ({ name, page, isDialog }) => {
    for (const { width, height, isZoomed } of sizes) {
      await page.setViewportSize({ width, height });
      const troubles = await layoutTroubles(page, { isDialog, isZoomed });
      expect.soft(troubles, `${name}, ${width} x ${height}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});
