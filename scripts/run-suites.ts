/**
 * `npm test`: static checks, proof that the checks can fail, unit tests, the real Ollama, the command line and the window from end to end, the packaged app.
 * Whatever could not run is named at the end; the last line is `N passed, N failed[, N skipped]` over everything.
 *
 *   npm test                  all suites
 *   npm test -- unit          some of them
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installSystemPackages } from './system-packages.ts';
import { packagedSuite } from './packaged-suite.ts';
import { noTally, type Tally, sum, tallyOf } from './tally.ts';
import { windowSuite, type SpawnedOptions } from './window-suite.ts';

interface Suite {
  readonly name: string;
  readonly title: string;
  readonly run: () => Promise<Tally>;
}

const root = join(import.meta.dirname, '..');
const resultsFolder = join(root, '.cache', 'test-results');

const suites: readonly Suite[] = [
  { name: 'check', title: 'static checks', run: () => script('static checks', ['scripts/check.ts'], 5) },
  {
    name: 'self-test',
    title: 'the checks can fail',
    run: () => script('the checks can fail', ['scripts/check-the-checks.ts'], 5),
  },
  { name: 'unit', title: 'unit tests', run: () => vitest('unit', 15) },
  { name: 'ollama', title: 'a real Ollama', run: () => realOllama() },
  { name: 'cli', title: 'the command line, end to end', run: () => vitest('cli', 10) },
  { name: 'window', title: 'the window, end to end', run: () => windowSuite({ root, resultsFolder, spawned }) },
  { name: 'packaged', title: 'the packaged app', run: () => packagedSuite({ root, resultsFolder, spawned, vitest }) },
];

await main();

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const wanted = names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
  if (wanted.length === 0) throw new Error(`There are these suites: ${suites.map(({ name }) => name).join(', ')}`);
  mkdirSync(resultsFolder, { recursive: true });

  const start = performance.now();
  let total: Tally = { ...noTally, notRun: await prepare(wanted) };
  for (const { title, run } of wanted) {
    console.log(`\n── ${title} ──`);
    total = sum(total, await run());
  }
  report(total, (performance.now() - start) / 60_000);
}

function report(total: Tally, minutes: number): void {
  console.log('\n── summary ──');
  console.log(`${minutes.toFixed(1)} minutes`);
  for (const name of total.failures) console.log(`failed: ${name}`);
  for (const name of total.skips) console.log(`left out: ${name}`);
  for (const reason of total.notRun) console.log(`not run: ${reason}`);
  const skipped = total.skips.length > 0 ? `, ${total.skips.length} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failures.length} failed${skipped}`);
  process.exitCode = total.failures.length === 0 && total.passed > 0 ? 0 : 1;
}

/** What tests need beside npm's packages. What cannot be had is named, and the tests that want it skip themselves. */
async function prepare(wanted: readonly Suite[]): Promise<readonly string[]> {
  const inNeed = new Set(['unit', 'ollama', 'cli', 'window', 'packaged']);
  if (!wanted.some(({ name }) => inNeed.has(name))) return [];
  const lacking = [...installSystemPackages()];
  if (wanted.some(({ name }) => name === 'unit')) {
    const tools = await spawned(['scripts/build-kernels.ts', '--install'], 10);
    if (tools !== 0) lacking.push('what builds and reads the kernels (the compiler could not be installed, see above)');
  }
  const models = await spawned(['scripts/fetch-test-models.ts'], 10);
  if (models !== 0) lacking.push('whatever needs the real models (fetch:models failed, see above)');
  return lacking;
}

/** A script that counts as one test. */
async function script(title: string, args: readonly string[], limitMinutes: number): Promise<Tally> {
  const code = await spawned(args, limitMinutes);
  return code === 0 ? { ...noTally, passed: 1 } : { ...noTally, failures: [title] };
}

async function realOllama(): Promise<Tally> {
  if (!hasTests('ollama')) return vitest('ollama', 0);
  // Building it takes minutes the first time: here, where it is seen, not inside a test with a time limit.
  await spawned(['scripts/real-ollama.ts'], 15);
  return vitest('ollama', 10);
}

async function vitest(project: string, limitMinutes: number): Promise<Tally> {
  if (!hasTests(project)) return { ...noTally, notRun: [`suite "${project}": there is no test in it yet`] };
  const resultFile = join(resultsFolder, `${project}.json`);
  rmSync(resultFile, { force: true });
  const code = await spawned(
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${resultFile}`,
    ],
    limitMinutes,
  );
  if (!existsSync(resultFile))
    return { ...noTally, failures: [`suite "${project}" ended without a result (exit ${code})`] };
  const tally = tallyOf(resultFile, root);
  // An error outside any test (an unhandled rejection, say) fails the run with every test green.
  const isSilentFailure = code !== 0 && tally.failures.length === 0;
  return isSilentFailure ? { ...tally, failures: [`suite "${project}" ended with exit ${code}`] } : tally;
}

function hasTests(project: string): boolean {
  return project === 'unit' || globSync(`tests/${project}/**/*.test.ts`, { cwd: root }).length > 0;
}

/** Exit code of a script under this Node; null where it had to be ended. */
function spawned(
  args: readonly string[],
  limitMinutes: number,
  { through = [], env = {} }: SpawnedOptions = {},
): Promise<number | null> {
  const [program = process.execPath, ...rest] = [...through, process.execPath, ...args];
  const child = spawn(program, rest, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const timer = setTimeout(() => {
    console.log(`Ended after ${limitMinutes} minutes: ${args.join(' ')}`);
    child.kill('SIGKILL');
  }, limitMinutes * 60_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}
