import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, type Browser, type BrowserContext, type BrowserType, type Page } from '@playwright/test';
import { buildWindow } from '../../../scripts/build-window.ts';
import { words } from '../../../renderer/copy/index.ts';
import type { AppChild, LaunchOptions, RunningApp } from './app.ts';
import { descendantsOf } from './processes.ts';

const root = path.resolve(import.meta.dirname, '../../..');

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);

/** Chromium without the errands of its own that would disturb a measurement. */
export function launchBrowser(chromium: BrowserType, more: readonly string[] = []): Promise<Browser> {
  if (browserPath === undefined) throw new Error('There is no Chromium here; Debian has it as "chromium".');
  return chromium.launch({
    executablePath: browserPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      ...more,
    ],
  });
}

export interface WebApp extends RunningApp {
  /** Opens the window once more: where the first address was used up, the host prints another. */
  readonly addresses: () => readonly string[];
}

/** Starts the web host as `npm start -- --web` does and opens the address it prints. */
export async function launchWeb(context: BrowserContext, { env }: LaunchOptions): Promise<WebApp> {
  const built = await buildWindow();
  const child = spawn(process.execPath, [path.join(root, 'main/app/web.ts'), '--root', built, '--port', '0'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log += stripVTControlCharacters(String(chunk));
      if (addressesIn(log).length > 0) ready.resolve();
    });
  }
  child.once('close', (code) => ready.reject(new Error(`The web host ended (${code}) without an address:\n${log}`)));
  await ready.promise;
  const page = await context.newPage();
  await page.goto(addressesIn(log)[0]!);
  const pid = child.pid!;
  return {
    page,
    pid,
    addresses: () => addressesIn(log),
    log: () => log,
    children: () => Promise.resolve(descendantsOf(pid).flatMap(({ pid, command }) => childOf(pid, command))),
    choosePath: (chosen, asking) => pickPath(page, env['HOME'] ?? '', chosen, asking),
    async quit() {
      child.kill('SIGTERM');
      await ended;
      await page.close();
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
      await page.close();
    },
  };
}

/** The window's own picker begins in the home folder: from there folder by folder. */
async function pickPath(page: Page, home: string, chosen: string, asking: () => Promise<void>): Promise<void> {
  await asking();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(home, { exact: true })).toBeVisible();
  const parts = path.relative(home, chosen).split(path.sep).filter(Boolean);
  for (const part of parts) await dialog.getByRole('button', { name: part }).click();
  const useFolder = dialog.getByRole('button', { name: words.ui.useFolder });
  if (await useFolder.isVisible()) await useFolder.click();
  await expect(dialog).toBeHidden();
}

function addressesIn(log: string): readonly string[] {
  return [...log.matchAll(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/g)].map(([address]) => address);
}

function childOf(pid: number, command: string): readonly AppChild[] {
  if (command.includes('engine/host/main')) return [{ pid, kind: 'engine' }];
  return command.includes('services/chat/process') ? [{ pid, kind: 'chat' }] : [];
}
