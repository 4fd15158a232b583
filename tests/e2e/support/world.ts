import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import type { AppChild, LaunchOptions, RunningApp } from './app.ts';
import { Guard } from './guard.ts';
import { placeTinyModel } from './models.ts';
import { isAlive } from './processes.ts';
import { launchBrowser, launchWeb } from './web.ts';
import { launchElectron } from './electron.ts';

export { expect };

export type WorldName = 'web' | 'electron' | 'packaged';

export const worldName = readWorldName(process.env['WORLD'] ?? 'web');

export interface World {
  readonly name: WorldName;
  /** The window of now: another one after `restart` and `crash`. */
  readonly page: Page;
  readonly home: string;
  /** Of the main process. */
  readonly pid: number;
  readonly guard: Guard;
  readonly choosePath: RunningApp['choosePath'];
  /** What this start of the app printed. */
  readonly log: () => string;
  /** Another window over the same app, as after F5. */
  readonly reload: () => Promise<void>;
  /** Ends the app as a person does and starts it on the same data. */
  readonly restart: () => Promise<void>;
  /** Ends the app as a power cut does and starts it on the same data. */
  readonly crash: () => Promise<void>;
  /** The engine's and the chat's processes. */
  readonly children: () => Promise<readonly AppChild[]>;
}

export interface WorldOptions {
  /** Added to the environment of the app. By default there is no Ollama. */
  readonly appEnv: Readonly<Record<string, string>>;
  /** The model that lies in the folder of the app's own models before the first start. */
  readonly model: 'none' | 'tiny';
}

export const test = base.extend<WorldOptions & { readonly world: World }>({
  appEnv: [{}, { option: true }],
  model: ['none', { option: true }],

  world: async ({ playwright, appEnv, model, viewport }, use, info) => {
    console.log(`world: ${worldName}`);
    const home = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-e2e-'));
    const options: LaunchOptions = { home, env: environment(home, appEnv) };
    if (model === 'tiny') await placeTinyModel(home);
    const guard = new Guard();
    const started: RunningApp[] = [];
    const browser = worldName === 'web' ? await launchBrowser(playwright.chromium) : undefined;
    const context = await browser?.newContext({ viewport });

    let app = await start();
    async function start(): Promise<RunningApp> {
      const next = await launch(context, options);
      started.push(next);
      guard.watch(next.page);
      if (viewport !== null) await next.page.setViewportSize(viewport);
      await next.page.getByRole('heading', { level: 1 }).waitFor();
      return next;
    }

    await use({
      name: worldName,
      home,
      guard,
      get page() {
        return app.page;
      },
      get pid() {
        return app.pid;
      },
      log: () => app.log(),
      children: () => app.children(),
      choosePath: (path, asking) => app.choosePath(path, asking),
      async reload() {
        await app.page.reload();
        await app.page.getByRole('heading', { level: 1 }).waitFor();
      },
      async restart() {
        await guard.whilePaused(() => app.quit());
        app = await start();
      },
      async crash() {
        await guard.whilePaused(() => app.kill());
        app = await start();
      },
    });

    const left = await app.children();
    await guard.whilePaused(() => app.quit());
    await browser?.close();
    if (info.status !== info.expectedStatus) {
      const log = started.map((each, index) => `── start ${index + 1}\n${each.log()}`).join('\n');
      await info.attach('app.log', { body: log, contentType: 'text/plain' });
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    expect(guard.troubles, 'what the browser complained about').toEqual([]);
    expect(
      left.filter(({ pid }) => isAlive(pid)),
      'processes that outlived the app',
    ).toEqual([]);
  },
});

function launch(context: BrowserContext | undefined, options: LaunchOptions): Promise<RunningApp> {
  if (context !== undefined) return launchWeb(context, options);
  return launchElectron(options);
}

/** The app's whole environment: of the person's own data and Ollama nothing is in reach. */
function environment(home: string, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(TUNESMITH_|FORCE_COLOR|OLLAMA_|XDG_|PLAYWRIGHT|PW_|NODE_OPTIONS|WORLD)/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    TUNESMITH_HOME: path.join(home, 'data'),
    // A port where nothing ever listens.
    OLLAMA_HOST: 'http://127.0.0.1:9',
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
    ...more,
  };
}

function readWorldName(name: string): WorldName {
  if (name === 'web' || name === 'electron' || name === 'packaged') return name;
  throw new Error(`WORLD is web, electron or packaged, not "${name}".`);
}
