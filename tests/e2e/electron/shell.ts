import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test as base, expect } from '@playwright/test';
import { launchElectron, type ElectronApp } from '../support/electron.ts';
import { heading } from '../support/journey.ts';
import { placeTinyModel } from '../support/models.ts';

export { expect };

export interface Shell {
  readonly home: string;
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  /** The app of now. */
  readonly now: ElectronApp;
  /** Starts it on the same data, with further words behind the app's folder; the one before has ended. */
  readonly start: (args?: readonly string[]) => Promise<ElectronApp>;
}

/** The desktop app with what only Electron has in reach: its main process. */
export const test = base.extend<{ readonly shell: Shell }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what the fixture needs: nothing.
  shell: async ({}, use) => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-shell-'));
    const data = path.join(home, 'data');
    mkdirSync(data);
    await placeTinyModel(home);
    const inherited = Object.entries(process.env).filter(
      ([name, value]) => value !== undefined && !/^(TUNESMITH_|OLLAMA_|XDG_|NODE_OPTIONS|PW_|PLAYWRIGHT)/.test(name),
    ) as [string, string][];
    const env = {
      ...Object.fromEntries(inherited),
      HOME: home,
      TUNESMITH_HOME: data,
      OLLAMA_HOST: 'http://127.0.0.1:9',
      LANG: 'C.UTF-8',
    };
    let now: ElectronApp;
    const start = async (args: readonly string[] = []): Promise<ElectronApp> => {
      now = await launchElectron({ home, env }, args);
      // The engine's process starts with the first question, and what trains leaves little for the rest.
      now.page.setDefaultTimeout(90_000);
      await heading(now.page).waitFor();
      return now;
    };
    await start();
    await use({
      home,
      data,
      env,
      start,
      get now() {
        return now;
      },
    });
    await now!.quit();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  },
});
