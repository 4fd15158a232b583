/** The web host lets nobody else in, and its page runs nothing that is not its own: asked of a real browser. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { heading } from './support/journey.ts';
import { launchBrowser } from './support/web.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'none' });

test('a stranger without the token, with a wrong one, or with a used one sees a sentence and no window', async ({
  world,
  playwright,
}) => {
  const { origin } = new URL(world.page.url());
  const used = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(world.log())![0];
  const browser = await launchBrowser(playwright.chromium);
  try {
    for (const address of [`${origin}/`, `${origin}/?token=wrong`, used, `${origin}/index.html`]) {
      const page = await (await browser.newContext()).newPage();
      const answer = await page.goto(address);
      expect(answer?.status(), address).toBe(403);
      await expect(
        page.getByText(/This address was used up or is wrong|Open the address that Tunesmith printed/),
      ).toBeVisible();
      expect(await page.context().cookies()).toEqual([]);
    }
  } finally {
    await browser.close();
  }
});

test('another name for this computer is refused, cookie or not (DNS rebinding)', async ({ world, playwright }) => {
  const { port } = new URL(world.page.url());
  const browser = await launchBrowser(playwright.chromium, ['--host-resolver-rules=MAP evil.example 127.0.0.1']);
  try {
    const context = await browser.newContext();
    const cookies = await world.page.context().cookies();
    await context.addCookies(cookies.map(({ name, value }) => ({ name, value, url: `http://evil.example:${port}` })));
    const answer = await (await context.newPage()).goto(`http://evil.example:${port}/`);
    expect(answer?.status()).toBe(421);
  } finally {
    await browser.close();
  }
});

test('a page of another origin, in the same browser and with the cookie in reach, opens neither socket nor upload', async ({
  world,
}) => {
  world.guard.allow(/./);
  const other = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>other</title>'),
  );
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    const page = await world.page.context().newPage();
    // Another port of the same host: the same site, so even SameSite=Strict sends the cookie.
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const { host, origin } = new URL(world.page.url());
    expect(await outcomesFrom(page, host, origin)).toEqual({
      socket: 'refused',
      taken: 'refused',
      upload: 'refused',
      read: 'refused',
    });
  } finally {
    other.closeAllConnections();
    other.close();
  }
  await expect(world.page.getByRole('alert')).toBeHidden();
});

test('the page’s policy blocks inline code, code from text, and everything from elsewhere', async ({ world }) => {
  world.guard.allow(/Content Security Policy|violates|ERR_BLOCKED|Refused/);
  const { page } = world;
  await expect(heading(page)).toBeVisible();
  const outcome = await page.evaluate(async () => {
    const blocked: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'globalThis.planted = 1';
    document.head.append(script);
    const remote = document.createElement('script');
    remote.src = 'https://example.com/planted.js';
    document.head.append(remote);
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.head.append(style);
    document.body.insertAdjacentHTML('beforeend', '<p style="position: fixed" onclick="globalThis.planted = 2">x</p>');
    document.querySelector<HTMLElement>('body > p:last-child')!.click();
    const image = new Image();
    image.src = 'https://example.com/planted.png';
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    document.body.append(frame);
    const wasMade = (make: () => unknown): boolean => {
      try {
        make();
        return true;
      } catch {
        return false;
      }
    };
    const reaches = await fetch('https://example.com/').then(
      () => true,
      () => false,
    );
    // From a timer: what the debugger runs directly may make code from text.
    const evaluates = await new Promise((resolve) =>
      setTimeout(() => resolve(wasMade(() => new Function('return 1'))), 100),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    return {
      planted: 'planted' in globalThis,
      display: getComputedStyle(document.body).display,
      evaluates,
      reaches,
      blocked: [...new Set(blocked)].sort(),
    };
  });
  expect(outcome).toEqual({
    planted: false,
    display: 'block',
    evaluates: false,
    reaches: false,
    blocked: [
      'connect-src',
      'frame-src',
      'img-src',
      'script-src',
      'script-src-attr',
      'script-src-elem',
      'style-src-attr',
      'style-src-elem',
    ],
  });
});

function outcomesFrom(page: Page, host: string, origin: string): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(
    async ([host, origin]) => {
      const socket = (path: string): Promise<string> =>
        new Promise((resolve) => {
          const opened = new WebSocket(`ws://${host}${path}`);
          opened.addEventListener('open', () => resolve('open'));
          opened.addEventListener('error', () => resolve('refused'));
        });
      const asked = (url: string, init: RequestInit): Promise<string> =>
        fetch(url, { ...init, credentials: 'include' }).then(
          (answer) => (answer.ok ? 'open' : 'refused'),
          () => 'refused',
        );
      return {
        socket: await socket('/socket'),
        taken: await socket('/socket?take'),
        upload: await asked(`${origin}/upload/x.txt`, { method: 'POST', body: 'x' }),
        read: await asked(`${origin}/`, {}),
      };
    },
    [host, origin] as const,
  );
}
