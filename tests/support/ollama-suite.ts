import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { ensureRealOllama, startOllama, type RunningOllama } from '../../scripts/real-ollama.ts';
import type { OllamaServer } from '#main/services/ollama/client.ts';

const found = await ensureRealOllama({ log: (line) => process.stderr.write(`${line}\n`) });
const missing = 'unavailable' in found ? found.unavailable : undefined;
if (missing !== undefined) process.stderr.write(`real Ollama: not run (${missing})\n`);

/** `describe` for tests that need a real server; where there is none they are skipped under a name that says so. */
export function describeReal(name: string, tests: () => void): void {
  if (missing === undefined) describe(name, tests);
  else describe.skip(`${name} [real Ollama: not run (${missing})]`, tests);
}

export interface ScratchOllama extends AsyncDisposable {
  readonly server: OllamaServer;
  /** Of this test alone; removed with the server. */
  readonly folder: string;
  readonly binary: string;
  readonly running: RunningOllama;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same address with the same models. */
  restart(): Promise<void>;
}

/** A real server with an empty store. `wrap` names another program to start in its place, which then runs it. */
export async function scratchOllama(
  options: { readonly wrap?: (binary: string, folder: string) => Promise<string> } = {},
): Promise<ScratchOllama> {
  if ('unavailable' in found) throw new Error(found.unavailable);
  const folder = await mkdtemp(join(tmpdir(), 'tunesmith-ollama-'));
  const binary = (await options.wrap?.(found.binary, folder)) ?? found.binary;
  const start = (port?: number) =>
    startOllama({ binary, env: found.env, folder, ...(port === undefined ? {} : { port }) });
  let running = await start();
  return {
    server: { address: running.url, version: found.version },
    folder,
    binary: found.binary,
    get running() {
      return running;
    },
    kill: () => running.kill(),
    restart: async () => {
      running = await start(running.port);
    },
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
