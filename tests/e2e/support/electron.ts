import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { _electron, errors, type ElectronApplication } from '@playwright/test';
import { buildApp } from '../../../scripts/build-app.ts';
import { prepareTestElectron } from '../../../scripts/test-electron.ts';
import type { AppChild, LaunchOptions, RunningApp } from './app.ts';

export interface ElectronApp extends RunningApp {
  readonly app: ElectronApplication;
}

/** Without a sandbox, because CI is root; without a graphics card, because it has none. */
const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];

/**
 * The desktop app: unpackaged in the tests' own Electron or, where `APP_EXECUTABLE` names one, the packaged app. Where there is no display it gets a
 * virtual one. `args` come behind the app's folder.
 */
export async function launchElectron({ env }: LaunchOptions, args: readonly string[] = []): Promise<ElectronApp> {
  const { executablePath, folder, more } = await program();
  const app = await launchSurely({
    executablePath,
    args: [...folder, ...flags, ...args],
    env: { ...env, ...more, ...(await display()) },
    // The app's own setting decides, not Playwright.
    colorScheme: null,
    timeout: 45_000,
  });
  const child = app.process();
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += String(chunk)));
  const page = await app.firstWindow();
  return {
    app,
    page,
    pid: child.pid!,
    children: () => childrenOf(app),
    log: () => log,
    async quit() {
      const ended = endOf(child);
      // As the menu's Quit, where no training asks for an answer.
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      const ended = endOf(child);
      child.kill('SIGKILL');
      await ended;
    },
    async choosePath(chosen, asking) {
      await app.evaluate(({ dialog }, filePath) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, chosen);
      await asking();
    },
  };
}

/**
 * Playwright now and then connects to both debuggers of an app that has started soundly, and then waits for ever (seen once in
 * some sixty starts on a busy machine). It ends such an app; the start is made again.
 */
async function launchSurely(options: LaunchElectronOptions, attempts = 3): Promise<ElectronApplication> {
  try {
    return await _electron.launch(options);
  } catch (error) {
    if (attempts === 1 || !(error instanceof errors.TimeoutError)) throw error;
    console.log('The app was started again: Playwright had connected and did not go on.');
    return launchSurely(options, attempts - 1);
  }
}

type LaunchElectronOptions = NonNullable<Parameters<typeof _electron.launch>[0]>;

interface Program {
  readonly executablePath: string;
  readonly folder: readonly string[];
  readonly more: Readonly<Record<string, string>>;
}

let prepared: Promise<Program> | undefined;

/** Once a worker: the runtime and the build of the sources of now. */
export function program(): Promise<Program> {
  prepared ??= prepare();
  return prepared;
}

async function prepare(): Promise<Program> {
  const packaged = process.env['APP_EXECUTABLE'] ?? '';
  if (packaged !== '') return { executablePath: packaged, folder: [], more: {} };
  const { executable, sqliteBinding } = await prepareTestElectron((words) => console.log(words));
  const folder = await buildApp();
  return { executablePath: executable, folder: [folder], more: { TUNESMITH_TEST_SQLITE: sqliteBinding } };
}

/** Electron names its helpers: `Tunesmith training engine`, `Tunesmith chat`. */
async function childrenOf(app: ElectronApplication): Promise<readonly AppChild[]> {
  const helpers = await app
    .evaluate(({ app }) => app.getAppMetrics().map(({ pid, name }) => ({ pid, name: name ?? '' })))
    .catch(() => []);
  return helpers.flatMap(({ pid, name }): AppChild[] => {
    if (name.includes('engine')) return [{ pid, kind: 'engine' }];
    return name.includes('chat') ? [{ pid, kind: 'chat' }] : [];
  });
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

let shown: Promise<Readonly<Record<string, string>>> | undefined;

/** Once a worker: the display that is there, else a virtual one that ends with this process. */
export function display(): Promise<Readonly<Record<string, string>>> {
  shown ??= openDisplay();
  return shown;
}

async function openDisplay(): Promise<Readonly<Record<string, string>>> {
  if (process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '') return {};
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => server.kill());
  const failed = once(server, 'error').then(([error]) => {
    throw new Error('There is no display and no Xvfb (Debian has it as "xvfb").', { cause: error });
  });
  const [number] = (await Promise.race([once(server.stdio[3]!, 'data'), failed])) as [Buffer];
  server.unref();
  return { DISPLAY: `:${String(number).trim()}` };
}
