import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { answerSelfTest } from './self-test.ts';

let undo: (() => void) | undefined;
afterEach(() => undo?.());

test('node-llama-cpp’s own test passes without a process of its own', async () => {
  undo = answerSelfTest();
  const entry = fileURLToPath(import.meta.resolve('node-llama-cpp'));
  const file = path.join(path.dirname(entry), 'bindings', 'utils', 'testBindingBinary.js');
  const { testBindingBinary } = (await import(pathToFileURL(file).href)) as {
    testBindingBinary: (binary: string, extra: undefined, gpu: false, timeoutMs: number) => Promise<boolean>;
  };
  // No such library: only a test that loads nothing can pass.
  expect(await testBindingBinary('/nowhere/llama-addon.node', undefined, false, 5000)).toBe(true);
});

test('other programs are forked as ever', async () => {
  undo = answerSelfTest();
  const folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-fork-'));
  const program = path.join(folder, 'seven.mjs');
  writeFileSync(program, 'process.exit(7);');
  const child = fork(program, { execPath: process.execPath, stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([7, null]);
  rmSync(folder, { recursive: true });
});
