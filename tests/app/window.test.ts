/** The window in a real browser over the web host: it draws, obeys its policy, and the wizard opens. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (browserPath === undefined)
  process.stderr.write('window in Chromium: not run (no Chromium; Debian has it as "chromium")\n');

const root = path.resolve(import.meta.dirname, '../..');

test.skipIf(browserPath === undefined)(
  'first launch: the window draws, nothing is refused, and the wizard opens',
  async () => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-window-'));
    const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs'), '--web', '--port', '0'], {
      cwd: root,
      env: { ...process.env, TUNESMITH_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const browser = await chromium.launch({
      executablePath: browserPath!,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
      ],
    });
    try {
      const address = await addressOf(child.stdout);
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const troubles: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') troubles.push(message.text());
      });
      page.on('pageerror', (error) => troubles.push(String(error)));
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Start with my examples' }).click();
      await page.getByRole('navigation').first().waitFor();
      expect(await page.title()).toContain('Tunesmith');
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);

/** The first address the program prints. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const found = /http:\/\/\S+/.exec(line)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error('the web host ended without an address');
}
