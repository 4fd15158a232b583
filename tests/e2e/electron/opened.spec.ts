/** Run files that are opened by a double click: with the first start, with a second one, and what is never done without the person's word. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { words } from '../../../renderer/copy/index.ts';
import { makeRunFile } from '../../support/run-file.ts';
import { axeTroubles } from '../support/axe.ts';
import { display, program } from '../support/electron.ts';
import { heading } from '../support/journey.ts';
import { expect, test, type Shell } from './shell.ts';

const copy = words.openedRun;
const dialog = (page: Page) => page.getByRole('dialog');
const choose = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).last().click();
const runs = (data: string): string => path.join(data, 'runs');

/** Another start of the program, which hands over what it was given and ends. */
async function startAgain({ env }: Shell, words: readonly string[], cwd: string): Promise<void> {
  const { executablePath, folder, more } = await program();
  const second = spawn(executablePath, [...folder, '--no-sandbox', '--disable-gpu', ...words], {
    env: { ...env, ...more, ...(await display()) },
    stdio: 'ignore',
    cwd,
  });
  const [code] = (await once(second, 'exit')) as [number];
  expect(code).toBe(0);
}

test('a run file opened first and second: shown, taken in only when asked, and its program never run', async ({
  shell,
}) => {
  const folder = path.join(shell.home, 'from elsewhere');
  mkdirSync(folder);
  // A run travels without the folders of the computer it was made on: the program would leave its trace where the app was started.
  const trace = path.resolve('the-program-ran');
  const judged = path.join(folder, 'judged by a program.tunesmith');
  const id = await makeRunFile(judged, 'Lanterns', { kind: 'command', program: '/usr/bin/touch', args: [trace] });
  const plain = path.join(folder, 'plain.tunesmith');
  await makeRunFile(plain, 'Gardens', { kind: 'similar' });

  await test.step('with the first start', async () => {
    await shell.now.quit();
    await shell.start([judged]);
    const { page } = shell.now;
    await expect(dialog(page)).toContainText('Lanterns');
    await expect(dialog(page)).toContainText('touch the-program-ran');
    await expect(dialog(page)).toContainText(copy.programTitle);
    expect(await axeTroubles(page, { inElectron: true })).toEqual([]);
    await choose(page, copy.not);
    await expect(dialog(page)).toHaveCount(0);
    expect(existsSync(path.join(runs(shell.data), id))).toBe(false);
  });

  await test.step('with a second start, as an address, while the window is hidden', async () => {
    const { page, app } = shell.now;
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide());
    await startAgain(shell, [pathToFileURL(judged).href], '/');
    await expect
      .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible()))
      .toBe(true);
    await expect(dialog(page)).toContainText('Lanterns');
    await choose(page, copy.add);
    await expect(heading(page, 'Lanterns')).toBeVisible();
    await expect(dialog(page)).toHaveCount(0);
    expect(existsSync(path.join(runs(shell.data), id))).toBe(true);
  });

  await test.step('two at once, one of them here already, by relative paths; a reload of the window forgets none', async () => {
    const { page } = shell.now;
    await startAgain(shell, ['judged by a program.tunesmith', 'plain.tunesmith'], folder);
    await expect(dialog(page)).toContainText(copy.known);
    await expect(dialog(page)).toContainText(copy.more(1));
    await page.reload();
    await expect(dialog(page)).toContainText(copy.known);
    await choose(page, copy.not);
    await expect(dialog(page)).toContainText('Gardens');
    await choose(page, copy.add);
    await expect(heading(page, 'Gardens')).toBeVisible();
  });

  await test.step('what is no run is named, and nothing of it is kept', async () => {
    const { page } = shell.now;
    const forged = path.join(folder, 'forged.tunesmith');
    writeFileSync(forged, 'PK no archive');
    await startAgain(shell, [forged], '/');
    await expect(dialog(page)).toContainText(copy.failed);
    await choose(page, copy.close);
    await startAgain(shell, [path.join(folder, 'not there.tunesmith')], '/');
    await expect(dialog(page)).toContainText(/is not there/);
    await choose(page, copy.close);
    await expect(dialog(page)).toHaveCount(0);
  });

  expect(existsSync(trace)).toBe(false);
});
