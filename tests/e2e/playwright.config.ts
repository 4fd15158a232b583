import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { worldName, type WorldOptions } from './support/world.ts';

const root = path.resolve(import.meta.dirname, '../..');
const results = path.join(root, '.cache', 'test-results');
// scripts/screens.ts asks for pictures in place of tests.
const isForPictures = process.env['SCREENS_FOLDER'] !== undefined;
const run = isForPictures ? 'screens' : worldName;

/**
 * The window as a person sees it, with the real engine behind it. `WORLD=web|electron|packaged` says where it runs: Chromium on the web host, unpackaged Electron, or the packaged
 * app that `APP_EXECUTABLE` names.
 */
export default defineConfig<WorldOptions>({
  testDir: import.meta.dirname,
  // What is the same in every Chromium, and what only a browser can do, is looked at there.
  testIgnore:
    worldName === 'web'
      ? ['**/electron/**']
      : ['every-screen', 'language', 'connection', 'web-security'].map((name) => `**/${name}.spec.ts`),
  testMatch: isForPictures ? 'screens.ts' : '**/*.spec.ts',
  outputDir: path.join(root, '.cache', 'window-traces', run),
  // One app at a time: each trains with all the processor has.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 5 * 60_000,
  globalTimeout: 25 * 60_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: path.join(results, `window-${run}.json`) }]],
  use: {
    // Without a film of it: drawing that costs more than the app on a machine without a graphics card.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    screenshot: 'only-on-failure',
    viewport: { width: 1280, height: 800 },
    actionTimeout: 30_000,
  },
  projects: [{ name: worldName }],
});
