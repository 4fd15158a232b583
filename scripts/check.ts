/**
 * Every static check: types per process, lint, format, unused code, borders.
 *
 *   npm run check                    all of them
 *   npm run check -- lint format     some of them, by the beginning of their name
 *   npm run check -- --json          results as JSON on stdout (for check-the-checks.ts)
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

interface Check {
  readonly name: string;
  /** npm package and the name of its executable. */
  readonly tool: readonly [packageName: string, bin: string];
  readonly args: readonly string[];
}

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly elapsedMs: number;
}

/** The checkout; check-the-checks.ts runs this file in a copy of it. */
const root = join(import.meta.dirname, '..');

const folders = ['common', 'engine', 'main', 'preload', 'renderer', 'scripts', 'tests', 'bench'].filter((name) =>
  existsSync(join(root, name)),
);

/** One project per process, so that each sees only what exists there (common: no Node). */
const typeProjects = ['common', 'engine', 'main', 'preload', 'renderer', 'tests'];

const checks: readonly Check[] = [
  ...typeProjects.map((project): Check => {
    const buildInfo = `.cache/tsc/${project}.tsbuildinfo`;
    return {
      name: `types: ${project}`,
      tool: ['typescript', 'tsc'],
      args: ['--noEmit', '--incremental', '--tsBuildInfoFile', buildInfo, '--pretty', 'false', '-p', project],
    };
  }),
  { name: 'lint', tool: ['oxlint', 'oxlint'], args: ['--deny-warnings', '--format', 'unix'] },
  { name: 'format', tool: ['oxfmt', 'oxfmt'], args: ['--check', '.'] },
  { name: 'unused code', tool: ['knip', 'knip'], args: ['--no-config-hints'] },
  {
    name: 'borders',
    tool: ['dependency-cruiser', 'depcruise'],
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...folders],
  },
];

await main();

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const asJson = args.includes('--json');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const wanted =
    names.length === 0 ? checks : checks.filter(({ name }) => names.some((start) => name.startsWith(start)));
  if (wanted.length === 0)
    throw new Error(`No check begins with ${names.join(' or ')}: ${checks.map((c) => c.name).join(', ')}`);

  const results = await runAll(wanted, (result) => {
    if (asJson) return;
    const seconds = (result.elapsedMs / 1000).toFixed(1);
    console.log(`${result.passed ? 'ok    ' : 'FAILED'}  ${result.name}  (${seconds} s)`);
    if (!result.passed) console.log(result.output.trimEnd());
  });
  const failed = results.filter((result) => !result.passed).length;
  if (asJson) console.log(JSON.stringify(results));
  else console.log(`check: ${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function runAll(
  wanted: readonly Check[],
  report: (result: CheckResult) => void,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const waiting = [...wanted];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await run(check);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return results;
}

function run(check: Check): Promise<CheckResult> {
  const start = performance.now();
  const child = spawn(process.execPath, [executable(...check.tool), ...check.args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      // A tool that looked at nothing also exits 0: dependency-cruiser does without a TypeScript it knows.
      const sawNothing = check.name === 'borders' && !/[1-9]\d* modules/.test(output);
      const passed = code === 0 && !sawNothing;
      const note = sawNothing && code === 0 ? '\nIt looked at no file, so it proves nothing.' : '';
      resolve({ name: check.name, passed, output: output + note, elapsedMs: performance.now() - start });
    });
  });
}

/** The JavaScript file behind `node_modules/.bin/<bin>`: run by this Node, on every platform alike. */
function executable(packageName: string, bin: string): string {
  const directory = join(root, 'node_modules', packageName);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    bin: string | Readonly<Record<string, string>>;
  };
  const path = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin];
  if (path === undefined) throw new Error(`${packageName} has no executable ${bin}.`);
  return join(directory, path);
}
