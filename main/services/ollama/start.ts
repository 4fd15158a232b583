import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TunesmithError } from '#common/domain/errors.ts';
import { ollamaCandidates, ollamaTraces } from '#common/platform/executables.ts';
import type { Host } from '#common/platform/host.ts';
import { detectOllama, type OllamaStatus } from './detect.ts';

export interface StartCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * How to start an Ollama that is installed and at rest, as its own person would; undefined where that is not ours to do. Under
 * Linux a service of the system keeps its models elsewhere and under another account: a second server beside it would not
 * find them, so only the system may start it.
 */
export function ollamaStart(
  host: Host,
  status: OllamaStatus,
  exists: (path: string) => boolean = existsSync,
): StartCommand | undefined {
  if (status.state !== 'stopped') return undefined;
  const traces = ollamaTraces(host).filter(exists);
  if (host.platform === 'darwin' && traces[0] !== undefined) {
    return { program: '/usr/bin/open', args: ['-g', '-a', traces[0]] };
  }
  if (host.platform === 'linux' && traces.length > 0) return undefined;
  const program = ollamaCandidates(host).find(exists);
  return program === undefined ? undefined : { program, args: ['serve'] };
}

/** Longest wait for a server that was started. */
const answersWithinMs = 20_000;

/**
 * Starts it and waits until it answers. It is on its own from then on, and outlives the app: what was installed is there to be
 * used by others.
 * @throws TunesmithError `ollama-unreachable` with its last words' place where it does not answer in time
 */
export async function startOllama(options: {
  readonly host: Host;
  readonly command: StartCommand;
  readonly logFile: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const { host, command, logFile, signal } = options;
  await mkdir(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command.program, [...command.args], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: host.env,
  });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  // macOS' `open` ends at once, and well.
  child.once('exit', (code) => (ended ??= code === 0 ? undefined : `it ended with ${code}`));
  child.unref();
  for (const began = Date.now(); ended === undefined && Date.now() - began < answersWithinMs;) {
    const { state } = await detectOllama({ host, ...(signal === undefined ? {} : { signal }) });
    if (state === 'running' || state === 'too-old') return;
    await delay(250, undefined, signal === undefined ? {} : { signal });
  }
  const why = ended ?? `it does not answer after ${answersWithinMs / 1000} seconds`;
  throw new TunesmithError('ollama-unreachable', `Ollama could not be started: ${why}.`, {
    advice: `Start it yourself (open its app, or run "ollama serve"). What it said is in ${logFile}.`,
    retryable: true,
  });
}
