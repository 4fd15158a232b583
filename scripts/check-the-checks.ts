/**
 * Proves that `npm run check` can fail: copies the checkout to a scratch folder, plants one violation of each kind
 * there, runs the checks on the copy and demands that each planted file is named by the check that should see it (and
 * that what is allowed is not). A rule whose pattern is wrong finds nothing and looks just like a clean project.
 *
 *   npm run check:self-test
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import type { CheckResult } from './check.ts';
import { allowed, plants } from './planted-violations.ts';

const root = join(import.meta.dirname, '..');
const notCopied = new Set(['.git', '.cache', 'node_modules', 'out', 'coverage']);

const copy = await mkdtemp(join(tmpdir(), 'tunesmith-check-'));
try {
  await cp(root, copy, { recursive: true, filter: (source) => !notCopied.has(relative(root, source)) });
  // A junction needs no special right on Windows; elsewhere the kind is ignored.
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  for (const { files } of plants) await plantFiles(files);
  await plantFiles(allowed.files);

  const results = runChecks();
  const complaints = [
    ...plants.flatMap(({ check, kind, expected }) => missing(results, check, kind, expected)),
    ...wronglyNamed(results),
  ];
  for (const complaint of complaints) console.log(`FAILED  ${complaint}`);
  console.log(`check-the-checks: ${plants.length} planted violations, ${complaints.length} complaints`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true, force: true });
}

async function plantFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), text);
  }
}

function runChecks(): readonly CheckResult[] {
  const run = spawnSync(process.execPath, [join(copy, 'scripts', 'check.ts'), '--json'], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 1) throw new Error(`check on the copy ended with ${run.status}, expected 1.\n${run.stderr}`);
  return JSON.parse(run.stdout) as CheckResult[];
}

function missing(
  results: readonly CheckResult[],
  check: string,
  kind: string,
  expected: readonly string[],
): readonly string[] {
  const result = results.find(({ name }) => name === check);
  if (result === undefined) return [`${kind}: there is no check "${check}"`];
  if (result.passed) return [`${kind}: the check "${check}" passed`];
  const lines = result.output.split('\n');
  // All parts of one expectation stand on one line of the output, as in "rule: file".
  return lines.some((line) => expected.every((part) => line.includes(part)))
    ? []
    : [`${kind}: "${check}" does not say ${expected.join(' … ')}`];
}

function wronglyNamed(results: readonly CheckResult[]): readonly string[] {
  return Object.keys(allowed.files).flatMap((path) =>
    results
      .filter(({ name, output }) => allowed.checks.includes(name) && output.includes(basename(path)))
      .map(({ name }) => `${path} is allowed, but "${name}" complains of it`),
  );
}
