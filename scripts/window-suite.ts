import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { noTally, sum, tallyOfPlaywright, type Tally } from './tally.ts';

export interface SpawnedOptions {
  /** A program and its arguments that the script is started through. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface WindowSuiteDeps {
  readonly root: string;
  readonly resultsFolder: string;
  readonly spawned: (args: readonly string[], limitMinutes: number, options?: SpawnedOptions) => Promise<number | null>;
}

const limitMinutes = 30;

/** What is the same in every Chromium is driven in the browser; here what Electron does itself, and the main job in it. `WORLD=electron npm run test:e2e` drives all. */
const inElectron = ['electron/', 'first-launch', 'main-job', 'first-run'];

/** The same specs in every world that can be entered here; the others are named with the reason. */
export async function windowSuite(deps: WindowSuiteDeps): Promise<Tally> {
  let total = noTally;
  for (const world of ['web', 'electron'] as const) {
    const lacking = await whatIsMissing(world, deps);
    if (lacking === undefined)
      total = sum(total, await inWorld(world, deps, { args: world === 'electron' ? inElectron : [] }));
    else total = sum(total, { ...noTally, notRun: [`the window in the world "${world}": ${lacking}`] });
  }
  return total;
}

/** What keeps this world from being entered, in words. */
async function whatIsMissing(world: 'web' | 'electron', deps: WindowSuiteDeps): Promise<string | undefined> {
  if (world === 'web') return existsSync('/usr/bin/chromium') ? undefined : 'there is no Chromium';
  const prepare = 'scripts/test-electron.ts';
  if (!existsSync(join(deps.root, prepare))) return 'there is no Electron shell yet';
  if (!hasDisplay && !hasXvfb) return 'there is no display; Debian has one for tests as "xvfb"';
  return (await deps.spawned([prepare], 10)) === 0 ? undefined : 'its runtime could not be prepared (see above)';
}

/** Runs the specs in a world that can be entered. */
export async function inWorld(
  world: 'web' | 'electron' | 'packaged',
  { resultsFolder, spawned }: WindowSuiteDeps,
  { env = {}, args = [] }: { readonly env?: Readonly<Record<string, string>>; readonly args?: readonly string[] } = {},
): Promise<Tally> {
  console.log(`World: ${world}`);
  const resultFile = join(resultsFolder, `window-${world}.json`);
  rmSync(resultFile, { force: true });
  const needsDisplay = world === 'electron' && !hasDisplay;
  const code = await spawned(
    ['node_modules/@playwright/test/cli.js', 'test', '-c', 'tests/e2e/playwright.config.ts', ...args],
    limitMinutes,
    {
      env: { ...env, WORLD: world },
      ...(needsDisplay ? { through: ['xvfb-run', '-a', '-s', '-screen 0 1600x1200x24'] } : {}),
    },
  );
  if (!existsSync(resultFile))
    return { ...noTally, failures: [`window (${world}) ended without a result (exit ${code})`] };
  const tally = tallyOfPlaywright(resultFile, world);
  const isSilentFailure = code !== 0 && tally.failures.length === 0;
  return isSilentFailure ? { ...tally, failures: [`window (${world}) ended with exit ${code}`] } : tally;
}

const hasDisplay =
  process.platform !== 'linux' || (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== '';
const hasXvfb = existsSync('/usr/bin/xvfb-run');
