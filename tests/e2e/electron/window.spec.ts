/** The window as a thing on the desktop: one of it, where it was, and back after a crash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { words as desktopWords } from '../../../main/app/electron/words.ts';
import { words } from '../../../renderer/copy/index.ts';
import { display, program } from '../support/electron.ts';
import { descendantsOf } from '../support/processes.ts';
import { button, chooseModel, next, startProject } from '../support/journey.ts';
import { lookAtPage } from './devtools.ts';
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

test('a crash of its process is survived: it is loaded again, and works', async ({ shell }) => {
  await shell.now.quit();
  // Not under Playwright, which waits for a page whose process is gone.
  const { executablePath, folder, more } = await program();
  const child = spawn(executablePath, [...folder, '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'], {
    env: { ...shell.env, ...more, ...(await display()) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const port = () => /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
  await expect.poll(port, { timeout: 60_000 }).toBeDefined();
  const look = (expression: string): Promise<unknown> => lookAtPage(port()!, expression);
  const buttonNamed = (name: string): string =>
    `[...document.querySelectorAll('button')].find((each) => each.textContent.trim() === ${JSON.stringify(name)})`;
  // When the document began that shows the first screen; undefined before.
  const since = `${buttonNamed(words.home.start)} && performance.timeOrigin`;
  try {
    await expect.poll(() => look(since), { timeout: 60_000 }).toBeDefined();
    const before = (await look(since)) as number;
    const renderer = descendantsOf(child.pid!).find(({ command }) => command.includes('--type=renderer'));
    process.kill(renderer!.pid, 'SIGKILL');
    await expect.poll(() => look(since).then((at = 0) => at as number), { timeout: 60_000 }).toBeGreaterThan(before);
    await expect.poll(() => look('document.body.innerText')).toContain(desktopWords.crashed.once.message);
    await look(`${buttonNamed(words.home.start)}.click()`);
    await expect.poll(() => look('document.querySelector("h1")?.textContent')).toBe(words.model.title);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
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

test('examples are chosen in the system’s dialog', async ({ shell }) => {
  const { page } = shell.now;
  await startProject(page);
  await chooseModel(page, 'Tiny llama');
  await next(page, words.model.next, words.examples.title);
  const file = path.join(shell.home, 'numbers.txt');
  writeFileSync(file, Array.from({ length: 600 }, (_, n) => `# INPUT\nAfter ${n}?\n# OUTPUT\n${n + 1}\n`).join('\n'));
  await shell.now.choosePath(file, () => button(page, words.examples.choose).first().click());
  await expect(page.getByText(words.examples.matches('600'), { exact: true }).first()).toBeVisible({ timeout: 90_000 });
});
