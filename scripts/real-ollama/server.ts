import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface RunningOllama {
  readonly url: string;
  readonly port: number;
  /** What the server printed so far, at most the last 200,000 characters. */
  log(): string;
  /** Ends it politely and waits until it is gone. */
  stop(): Promise<void>;
  /** Ends it as a crash would, in the middle of whatever it does. */
  kill(): Promise<void>;
}

/**
 * Starts a server on a free loopback port (or the one given, to start again where one died) that keeps everything in
 * `folder`, and waits until it answers.
 */
export async function startOllama(options: {
  readonly binary: string;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
}): Promise<RunningOllama> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const home = join(options.folder, 'home');
  await mkdir(home, { recursive: true });
  const child = spawn(options.binary, ['serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutOllamaVariables(process.env),
      HOME: home,
      USERPROFILE: home,
      OLLAMA_HOST: `127.0.0.1:${port}`,
      OLLAMA_MODELS: join(options.folder, 'models'),
      OLLAMA_NO_CLOUD: '1',
      OLLAMA_MAX_LOADED_MODELS: '1',
      OLLAMA_NUM_PARALLEL: '1',
      OLLAMA_CONTEXT_LENGTH: '2048',
      ...options.env,
    },
  });
  let log = '';
  const keep = (text: string) => (log = (log + text).slice(-200_000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', (error) => keep(String(error)));
  // A test run that is itself killed must leave no server behind.
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const end = async (signal: NodeJS.Signals) => {
    process.off('exit', endWithUs);
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await Promise.race([exited, delay(10_000).then(() => child.kill('SIGKILL'))]);
  };
  await untilItAnswers(url, child, () => log);
  return { url, port, log: () => log, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function untilItAnswers(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await fetch(`${url}/api/version`).catch(() => undefined);
    if (answer?.ok === true) return;
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The Ollama server did not start. It said: ${log().slice(-1000)}`);
    }
    await delay(100);
  }
}

/** The person's own settings must not reach the server of the tests. */
function withoutOllamaVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toUpperCase().startsWith('OLLAMA_')));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
