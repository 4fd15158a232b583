/** The window: in Electron where that can be had, else in a browser on this computer. Called by start.mjs. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from './build-app.ts';
import { buildWindow } from './build-window.ts';
import { electronRuntime, lackingDisplay } from './electron-runtime.ts';
import { prepareTestElectron } from './test-electron.ts';

const root = path.resolve(import.meta.dirname, '..');
const say = (words: string): void => console.log(words);

/** An Electron that ends with an error so soon never showed a window: its sandbox is not allowed here, or a library is missing. */
const tooSoonMs = 8000;

const { values } = parseArgs({
  options: {
    web: { type: 'boolean', default: false },
    port: { type: 'string' },
    'test-electron': { type: 'boolean', default: false },
  },
});

if (values['test-electron']) await startTestElectron();
else if (values.web || values.port !== undefined) await startWeb('Opened for a browser, as asked for.');
else await startElectron();

async function startElectron(): Promise<void> {
  const lacking = lackingDisplay() ?? lackingRights();
  if (lacking !== undefined) return startWeb(`Opened for a browser, because ${lacking}.`);
  const runtime = await electronRuntime(say);
  if ('lacking' in runtime) return startWeb(`Opened for a browser, because ${runtime.lacking}.`);
  const startedMs = performance.now();
  const code = await electron(runtime.executable, [await buildApp(say)], {});
  if (code !== 0 && performance.now() - startedMs < tooSoonMs) {
    return startWeb('Opened for a browser, because Electron could not show its window (see above).');
  }
  process.exit(code ?? 1);
}

/** The old Electron that the tests run on: for looking at the window where no other can be had. */
async function startTestElectron(): Promise<void> {
  try {
    const { executable, sqliteBinding, version } = await prepareTestElectron(say);
    say(`This is Electron ${version}, which only the tests use: it gets no security updates.`);
    const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const env = { TUNESMITH_TEST_SQLITE: sqliteBinding };
    process.exit((await electron(executable, [await buildApp(say), ...flags], env)) ?? 1);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

function lackingRights(): string | undefined {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return isRoot ? 'Electron does not run safely as root' : undefined;
}

function electron(executable: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  return ended(spawn(executable, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }));
}

async function startWeb(reason: string): Promise<void> {
  const folder = await buildWindow(say);
  const args = ['--root', folder, '--port', values.port ?? '0', '--reason', reason];
  process.exit(
    (await ended(spawn(process.execPath, [path.join(root, 'main/app/web.ts'), ...args], { stdio: 'inherit' }))) ?? 1,
  );
}

/** What was started ends by itself on Ctrl-C, which reaches both, and pauses what is going on first. */
function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code));
  });
}
