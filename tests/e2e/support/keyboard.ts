import { expect, type Locator, type Page } from '@playwright/test';

/** More stops than any screen has. */
const mostStops = 80;

/** Presses Tab until the target has the focus. At every stop on the way it must be seen where the focus is. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const stops: string[] = [];
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press('Tab');
    const { name, hasRing } = await focusOf(page);
    expect(hasRing, `a visible focus on ${name}`).toBe(true);
    stops.push(name);
    if (await hasFocus(target)) return;
  }
  throw new Error(`Tab never came to ${String(target)}, but to:\n${stops.join('\n')}`);
}

/** After a change of the screen reading begins at its title. */
export async function expectTitleFocus(page: Page, title: string | RegExp): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeFocused();
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluateAll((elements) => elements.some((element) => element === document.activeElement));
}

/** The focused element, and whether it or the part it stands for wears a ring of at least 2 px. */
function focusOf(page: Page): Promise<{ readonly name: string; readonly hasRing: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return { name: 'the page', hasRing: true };
    const wearers = [element, element.closest('label'), element.closest('form')].filter((each) => each !== null);
    const hasRing = wearers.some((wearer) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(wearer);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && outlineColor !== 'rgba(0, 0, 0, 0)';
    });
    const label = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? '';
    return { name: `${element.tagName.toLowerCase()} ${element.className} “${label}”`, hasRing };
  });
}
