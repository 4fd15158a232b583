/** axe looks at every screen and dialog in both themes and finds nothing. */
import AxeBuilder from '@axe-core/playwright';
import { tour } from './support/tour.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

test.setTimeout(15 * 60_000);

test('no screen and no dialog has anything that axe objects to, light or dark', async ({ world }) => {
  await tour(world, async ({ name, page }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      const found = violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary, any }) => {
          const related = any.flatMap(({ relatedNodes = [] }) => relatedNodes.map((node) => String(node.target)));
          return `${id}: ${help}: ${String(target)}: ${failureSummary} ${related.join(', ')}`;
        }),
      );
      expect.soft(found, `${name}, ${colorScheme}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  });
});
