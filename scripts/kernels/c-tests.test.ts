/**
 * engine/kernels/test: every kernel at every level of a processor against a plain reference. Against the very files in resources/bin on this
 * processor and, emulated, on one of ARM; and against the sources under the sanitizers for addresses and undefined behaviour.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelBinaries, kernelSources, targets, unitsFor } from '../build-kernels.ts';
import { kernelTools } from './compiler.ts';

const tests = fs.readdirSync(path.join(kernelSources, 'test')).filter((name) => name.endsWith('-test.c'));
const onLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
const tools = kernelTools();
const armLibraries = '/usr/aarch64-linux-gnu';
const gcc = fs.existsSync('/usr/bin/gcc');
let folder = '';
beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-c-tests-'))));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What a test lacks, as an ending of its title. */
function without(...needs: readonly (readonly [isThere: boolean, what: string])[]): string {
  const missing = needs.filter(([isThere]) => !isThere).map(([, what]) => what);
  return missing.length === 0 ? '' : ` [not run: needs ${missing.join(' and ')}]`;
}

describe('the C tests of the kernels', { timeout: 10 * 60_000 }, () => {
  const here = without([onLinuxX64, 'Linux on x64'], [gcc, 'gcc']);
  test.skipIf(here !== '')(`linux-x64 as built, at every level of this processor${here}`, () => {
    for (const { output, levels } of testsOf('linux-x64', ['gcc', '-std=gnu11'], [])) {
      // Levels that this processor lacks cannot be run: no emulator among the packages has AVX-512.
      expect(levels, output).toContain('avx2');
    }
  });

  const arm = without(
    [process.platform === 'linux', 'Linux'],
    [tools !== null, 'the compiler (node scripts/build-kernels.ts --install)'],
    [process.arch === 'arm64' || fs.existsSync('/usr/bin/qemu-aarch64'), 'qemu-aarch64 (Debian: qemu-user)'],
    [process.arch === 'arm64' || fs.existsSync(armLibraries), 'a C library for ARM (Debian: libc6-arm64-cross)'],
  );
  test.skipIf(arm !== '')(`linux-arm64 as built, at every level of the emulated processor${arm}`, () => {
    const target = targets.find(({ id }) => id === 'linux-arm64')!;
    const compile = [...tools!.zig, 'cc', '-target', target.triple, '-std=gnu11'];
    const emulator = process.arch === 'arm64' ? [] : ['qemu-aarch64', '-cpu', 'max', '-L', armLibraries];
    for (const { output, levels } of testsOf('linux-arm64', compile, emulator))
      expect(levels, output).toContain('neon');
  });

  test.skipIf(here !== '')(`linux-x64 from the sources, with address and undefined-behaviour sanitizers${here}`, () => {
    const sanitize = ['-g', '-O1', '-std=gnu11', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const objects = unitsFor('linux-x64').map(([unit, instructions]) => {
      const object = path.join(folder, `sanitized-${unit}.o`);
      compileWith('gcc', [...sanitize, ...instructions, '-c', path.join(kernelSources, unit), '-o', object]);
      return object;
    });
    for (const test of tests) {
      const program = path.join(folder, `sanitized-${test}`);
      const source = path.join(kernelSources, 'test', test);
      compileWith('gcc', [...sanitize, source, ...objects, '-o', program, '-lm', '-lpthread']);
      const { output, levels } = runTest([program], {});
      expect(levels, output).toContain('avx2');
    }
  });
});

interface Outcome {
  readonly output: string;
  readonly levels: readonly string[];
}

/** Links each test to the built library of a target and runs it. */
function testsOf(id: string, [compile, ...first]: readonly string[], emulator: readonly string[]): readonly Outcome[] {
  const { file } = targets.find((target) => target.id === id)!;
  const library = path.join(kernelBinaries, id);
  return tests.map((test) => {
    const program = path.join(folder, `${id}-${test}`);
    const source = path.join(kernelSources, 'test', test);
    compileWith(compile!, [...first, '-O2', source, path.join(library, file), '-o', program, '-lm', '-lpthread']);
    return runTest([...emulator, program], { LD_LIBRARY_PATH: library });
  });
}

function compileWith(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  expect(status, stderr).toBe(0);
}

/** The test prints each level that it went through and, last, `N checks, M failed`. */
function runTest([program, ...args]: readonly string[], env: Readonly<Record<string, string>>): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program!, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  const output = stdout + stderr;
  expect(output).toMatch(/^[1-9]\d* checks, 0 failed$/m);
  expect(status, output).toBe(0);
  return { output, levels: stdout.split('\n').filter((line) => /^[a-z]+\d*\w*$/.test(line)) };
}
