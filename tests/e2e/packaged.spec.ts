/** What only the packaged app can show: who it runs as, and that it notices what was done to its files. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../renderer/copy/index.ts';
import { errors } from '../../renderer/copy/errors.ts';
import { packageRecord, type TestPackage } from '../../scripts/package-for-tests.ts';
import { display } from './support/electron.ts';
import { chooseModel, colours, next, pasteExamples, startProject } from './support/journey.ts';
import { descendantsOf } from './support/processes.ts';
import { expect, test, worldName } from './support/world.ts';

test.skip(worldName !== 'packaged', 'for the packaged app alone');
test.use({ model: 'tiny' });

function package_(): TestPackage {
  return JSON.parse(readFileSync(packageRecord, 'utf8')) as TestPackage;
}

function library(name: string): string {
  return path.join(path.dirname(package_().executable), 'resources', 'bin', name);
}

test('runs as an ordinary user, its window in Chromium’s sandbox', async ({ world }) => {
  test.skip(package_().reservation !== null, package_().reservation ?? '');
  const field = (pid: number, name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  expect(field(world.pid, 'Uid')).toBe('65534\t65534\t65534\t65534');
  const windows = descendantsOf(world.pid).filter(({ command }) => command.includes('--type=renderer'));
  expect(windows).toHaveLength(1);
  for (const { pid } of windows) {
    // 2: a filter of system calls is on. And it sees no process but its own.
    expect(field(pid, 'Seccomp')).toBe('2');
    expect(field(pid, 'NSpid').split('\t').length).toBeGreaterThan(1);
  }
});

test('a library that was changed is not loaded, and the window says so', async ({ world }) => {
  const { page } = world;
  // Of another processor than any that runs this: nothing but its content could give it away.
  const file = library('linux-x64/libggml-cpu-piledriver.so');
  const undo = changeOneByte(file);
  try {
    await startProject(page);
    await chooseModel(page, 'Tiny llama');
    await next(page, words.model.next, words.examples.title);
    await pasteExamples(page, colours, 60);
    await page.getByRole('contentinfo').getByRole('button', { name: words.examples.next }).click();
    await expect(page.getByText(errors['installation-damaged'].title).first()).toBeVisible();
    await expect(page.getByText(/changed since: .*libggml-cpu-piledriver\.so/).first()).toBeVisible();
  } finally {
    undo();
  }
});

test('with a library cut short it does not start, and says why', async ({ world }) => {
  const file = library('linux-x64/libllama-common.so');
  const whole = readFileSync(file);
  truncateSync(file, 1000);
  const home = path.join(world.home, 'second');
  const child = spawn(process.env['APP_EXECUTABLE']!, ['--disable-gpu'], {
    env: { ...process.env, ...(await display()), HOME: world.home, TUNESMITH_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    await expect
      .poll(() => said, { timeout: 30_000 })
      .toMatch(/has 1000 bytes, not \d+: .*libllama-common\.so.*Install Tunesmith again/);
  } finally {
    child.kill('SIGKILL');
    writeFileSync(file, whole);
    rmSync(home, { recursive: true, force: true });
  }
});

/** Returns how to undo it. */
function changeOneByte(file: string): () => void {
  const flip = (): void => {
    const handle = openSync(file, 'r+');
    const byte = Buffer.alloc(1);
    readSync(handle, byte, 0, 1, 100_000);
    writeSync(handle, Buffer.from([byte[0]! ^ 1]), 0, 1, 100_000);
    closeSync(handle);
  };
  flip();
  return flip;
}
