import type { Page } from '@playwright/test';

interface Options {
  /** Only what stands in the open dialog is looked at. */
  readonly isDialog: boolean;
  /** As with text at 200 %: the rail may scroll too. */
  readonly isZoomed: boolean;
}

/** What a person would see as broken: sentences that name the element. Empty where all is well. */
export async function layoutTroubles(page: Page, options: Options): Promise<readonly string[]> {
  // Two frames: what watches its own size has answered.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page.evaluate(look, options);
}

/** Runs in the page: it may use nothing from outside. */
function look({ isDialog, isZoomed }: Options): readonly string[] {
  const troubles: string[] = [];
  const tolerance = 1;
  const name = (element: Element): string => {
    const label = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? '';
    return `${element.tagName.toLowerCase()}${element.className === '' ? '' : `.${String(element.className).split(' ').join('.')}`} “${label}”`;
  };
  const scope: Element = isDialog ? document.querySelector('dialog[open]')! : document.body;

  const root = document.scrollingElement!;
  if (root.scrollWidth > root.clientWidth + tolerance) troubles.push('the page scrolls sideways');
  if (root.scrollHeight > root.clientHeight + tolerance) troubles.push('the page itself scrolls');
  const fixedParts = isZoomed ? '.main, .strip, .bar' : '.main, .strip, .bar, .rail';
  for (const part of document.querySelectorAll(fixedParts)) {
    if (part.scrollWidth > part.clientWidth + tolerance) troubles.push(`${name(part)} is wider than its place`);
    if (part.matches('.strip, .bar, .rail') && part.scrollHeight > part.clientHeight + tolerance)
      troubles.push(`${name(part)} is higher than its place`);
  }

  /** The part of the element that its scrolling and cutting ancestors let through. */
  const seen = (element: Element): DOMRect => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let box = element.parentElement; box !== null; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const frame = box.getBoundingClientRect();
      [left, top] = [Math.max(left, frame.left), Math.max(top, frame.top)];
      [right, bottom] = [Math.min(right, frame.right), Math.min(bottom, frame.bottom)];
    }
    return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  };
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.closest('.sr, .skip') === null;

  const controls = [
    ...scope.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary, [role=tab]'),
  ].filter(isShown);
  for (const control of controls) {
    const whole = control.getBoundingClientRect();
    if (whole.width === 0 || whole.height === 0) continue;
    // Tables of figures may be wider than a narrow window: their card scrolls.
    const table = control.closest('.card:has(> .table)');
    const isInWideTable = table !== null && table.scrollWidth > table.clientWidth;
    if (!isInWideTable && (whole.right > window.innerWidth + tolerance || whole.left < -tolerance))
      troubles.push(`${name(control)} leaves the window sideways`);
    if (control.closest('.bar, .strip, .df, .dh') !== null) {
      if (whole.bottom > window.innerHeight + tolerance) troubles.push(`${name(control)} leaves the window below`);
    }
    const part = seen(control);
    if (part.width < 4 || part.height < 4) continue;
    const hit = document.elementFromPoint(part.left + part.width / 2, part.top + part.height / 2);
    const label = control.closest('label');
    const isHit =
      hit !== null &&
      // Good news lies over the screen for some seconds, and goes.
      (hit.closest('.toasts') !== null ||
        control === hit ||
        control.contains(hit) ||
        hit.contains(control) ||
        (label !== null && label.contains(hit)));
    if (!isHit) troubles.push(`${name(control)} is covered by ${hit === null ? 'nothing' : name(hit)}`);
    const style = getComputedStyle(control);
    const isText = control.matches('button, a');
    if (
      isText &&
      control.scrollWidth > control.clientWidth + tolerance &&
      style.textOverflow !== 'ellipsis' &&
      style.display !== 'inline'
    )
      troubles.push(`${name(control)} is too narrow for its words`);
  }

  // Words that are cut off without a sign.
  for (const element of scope.querySelectorAll('*')) {
    if (!isShown(element)) continue;
    const style = getComputedStyle(element);
    const cuts = style.overflowX === 'hidden' || style.overflowX === 'clip';
    const hasWords = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim() !== '');
    const isForReadersOnly = element.clientWidth <= 1;
    if (!cuts || !hasWords || isForReadersOnly || element.matches('input, textarea')) continue;
    if (element.scrollWidth > element.clientWidth + tolerance && style.textOverflow !== 'ellipsis')
      troubles.push(`${name(element)} cuts its words off`);
    const isClamped = style.getPropertyValue('-webkit-line-clamp') !== 'none';
    if (element.scrollHeight > element.clientHeight + 2 && !isClamped && style.textOverflow !== 'ellipsis')
      troubles.push(`${name(element)} cuts its lines off`);
  }
  return [...new Set(troubles)];
}
