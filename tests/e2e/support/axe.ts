import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe objects to on the page as it stands, one sentence an element. No rule is left out. Electron has no second page for axe to work in. */
export async function axeTroubles(page: Page, { inElectron = false } = {}): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(inElectron).withTags(tags).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary, any }) => {
      const related = any.flatMap(({ relatedNodes = [] }) => relatedNodes.map((node) => String(node.target)));
      return `${id}: ${help}: ${String(target)}: ${failureSummary} ${related.join(', ')}`;
    }),
  );
}
