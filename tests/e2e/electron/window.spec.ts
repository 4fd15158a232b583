/** The window as a thing on the desktop: one of it, where it was, and back after a crash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../../renderer/copy/index.ts';
import { display, program } from '../support/electron.ts';
import { descendantsOf } from '../support/processes.ts';
import { startProject } from '../support/journey.ts';
import { expect, test } from './shell.ts';

test('starting it twice brings the first to the front, and the second ends', async ({ shell }) => {
  await shell.now.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide());
  const { executablePath, folder, more } = await program();
  const second = spawn(executablePath, [...folder, '--no-sandbox', '--disable-gpu'], {
    env: { ...shell.env, ...more, ...(await display()) },
    stdio: 'ignore',
  });
  const [code] = (await once(second, 'exit')) as [number];
  expect(code).toBe(0);
  await expect
    .poll(() => shell.now.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible()))
    .toBe(true);
});

test('it opens where it was, but never where it cannot be seen', async ({ shell }) => {
  const place = { x: 90, y: 60, width: 1010, height: 700 };
  const bounds = () => shell.now.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds());
  await shell.now.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]!.setBounds(to), place);
  await expect.poll(bounds).toEqual(place);
  await shell.now.page.waitForTimeout(800);
  await shell.now.quit();
  await shell.start();
  expect(await bounds()).toEqual(place);
  await shell.now.quit();
  writeFileSync(
    path.join(shell.data, 'window', 'window.json'),
    JSON.stringify({ ...place, x: 9000, y: -4000, maximized: false }),
  );
  await shell.start();
  const { x, y } = await bounds();
  expect(x).toBeLessThan(1400);
  expect(y).toBeGreaterThanOrEqual(0);
});

// Passed by itself and failed after the tests above it: its way of looking over the debugger's port is not sound yet.
test.fixme('a crash of its process is survived: it is loaded again, and works', async ({ shell, playwright }) => {
  await shell.now.quit();
  // Playwright's own page would die with the process and hold the next one up: here it looks only before and after.
  const { executablePath, folder, more } = await program();
  const child = spawn(executablePath, [...folder, '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'], {
    env: { ...shell.env, ...more, ...(await display()) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const port = () => /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
  await expect.poll(port, { timeout: 60_000 }).toBeDefined();
  const look = async (): Promise<number> => {
    const browser = await playwright.chromium.connectOverCDP(`http://127.0.0.1:${port()}`);
    const page = browser.contexts()[0]!.pages()[0]!;
    await page.getByRole('button', { name: words.home.start }).waitFor({ timeout: 60_000 });
    const since = await page.evaluate(() => performance.timeOrigin);
    await browser.close();
    return since;
  };
  try {
    const before = await look();
    const renderer = descendantsOf(child.pid!).find(({ command }) => command.includes('--type=renderer'));
    process.kill(renderer!.pid, 'SIGKILL');
    await expect
      .poll(
        () =>
          descendantsOf(child.pid!).some(
            (each) => each.command.includes('--type=renderer') && each.pid !== renderer!.pid,
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);
    expect(await look()).toBeGreaterThan(before);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

test('after three crashes in a minute it asks before it tries again', async ({ shell }) => {
  const { app } = shell.now;
  await app.evaluate(({ dialog }) => {
    const kept = globalThis as unknown as { asked: string[] };
    kept.asked = [];
    dialog.showMessageBox = ((...all: unknown[]) => {
      kept.asked.push((all.at(-1) as { message: string }).message);
      return Promise.resolve({ response: 0, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  });
  const asked = () => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
  for (let crash = 1; crash <= 3; crash += 1) {
    expect(await asked()).toEqual([]);
    await app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents;
      const gone = new Promise((resolve) => contents.once('render-process-gone', resolve));
      contents.forcefullyCrashRenderer();
      await gone;
      await new Promise((resolve) => setTimeout(resolve, 1500));
    });
  }
  expect(await asked()).toEqual(['The window crashes again and again.']);
});

test('the menu presses the same keys that the window listens to', async ({ shell }) => {
  const { app, page } = shell.now;
  await startProject(page);
  await app.evaluate(({ Menu }) => {
    const items = Menu.getApplicationMenu()!.items.flatMap(({ submenu }) => submenu?.items ?? []);
    items.find(({ label }) => label === 'Settings')!.click();
  });
  await expect(page.getByRole('heading', { level: 1, name: words.settings.title })).toBeVisible();
  await app.evaluate(({ Menu }) => {
    const items = Menu.getApplicationMenu()!.items.flatMap(({ submenu }) => submenu?.items ?? []);
    items.find(({ label }) => label === 'All runs')!.click();
  });
  await expect(page.getByRole('heading', { level: 1, name: words.home.title })).toBeVisible();
});
