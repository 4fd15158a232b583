/**
 * A real Ollama server for the tests. Nothing of it is in the repository: a program that is installed on this machine is
 * used, else one is built from Ollama's Go module, once, into `.cache/ollama/`. Either way it runs on a free loopback port
 * with its models in a scratch folder, so a person's own models are never touched.
 *
 *   npm run real-ollama            fetches and builds it where it is not there yet
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { currentHost } from '#common/platform/host.ts';
import { ollamaCandidates } from '#common/platform/executables.ts';
import { buildOllama, builtVersion } from './real-ollama/build.ts';

export { startOllama, type RunningOllama } from './real-ollama/server.ts';

export interface RealOllama {
  readonly binary: string;
  readonly version: string;
  /** Variables it needs besides those that `startOllama` sets. */
  readonly env: Readonly<Record<string, string>>;
}

/** Older ones lack what the tests ask for (logprobs, the rendered prompt). */
const oldestUsable = [0, 30] as const;
const cacheFolder = join(import.meta.dirname, '..', '.cache', 'ollama');

if (import.meta.main) {
  const found = await ensureRealOllama({ log: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(
    'binary' in found ? `Ollama ${found.version}: ${found.binary}\n` : `real Ollama: not run (${found.unavailable})\n`,
  );
}

/**
 * The program to run, or why there is none on this machine. The first call may take minutes (it builds); calls from several
 * processes wait for each other.
 */
export async function ensureRealOllama(
  options: { log?: (line: string) => void } = {},
): Promise<RealOllama | { readonly unavailable: string }> {
  const installed = installedOllama();
  if (installed !== undefined) return installed;
  try {
    const binary = await buildOllama(cacheFolder, options.log ?? (() => {}));
    return { binary, version: builtVersion, env: {} };
  } catch (thrown) {
    return { unavailable: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function installedOllama(): RealOllama | undefined {
  for (const binary of ollamaCandidates(currentHost())) {
    if (!existsSync(binary)) continue;
    const { stdout, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 });
    // Where no server runs it says so first and calls its own "client version".
    const version = /version is (\d+\.\d+\.\d+)(?![\s\S]*version is)/.exec(`${stdout}\n${stderr}`)?.[1];
    const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
    const isUsable = major > oldestUsable[0] || minor >= oldestUsable[1];
    if (version !== undefined && isUsable) return { binary, version, env: {} };
  }
  return undefined;
}
