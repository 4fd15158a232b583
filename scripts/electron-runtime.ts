import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const packageFolder = path.resolve(import.meta.dirname, '../node_modules/electron');

export type Runtime =
  | { readonly executable: string }
  /** Why there is none, as a part of a sentence. */
  | { readonly lacking: string };

/** Electron's own program, fetched by the package `electron` where it is not here yet. `ELECTRON_OVERRIDE_DIST_PATH` names another. */
export async function electronRuntime(say: (words: string) => void): Promise<Runtime> {
  const chosen = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  if (chosen !== '') {
    const executable = path.join(chosen, process.platform === 'win32' ? 'electron.exe' : 'electron');
    return existsSync(executable)
      ? { executable }
      : { lacking: `ELECTRON_OVERRIDE_DIST_PATH names ${chosen}, which holds no Electron` };
  }
  const there = installed();
  if (there !== undefined) return { executable: there };
  const source = process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/';
  if (!(await answers(source)))
    return { lacking: `Electron could not be downloaded (${new URL(source).host} does not answer)` };
  say('Downloading Electron (once, about 120 MB) …');
  const { status } = spawnSync(process.execPath, [path.join(packageFolder, 'install.js')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 10 * 60_000,
  });
  const executable = installed();
  return status === 0 && executable !== undefined
    ? { executable }
    : { lacking: 'Electron could not be downloaded (see above)' };
}

function installed(): string | undefined {
  try {
    const executable = path.join(packageFolder, 'dist', readFileSync(path.join(packageFolder, 'path.txt'), 'utf8'));
    return existsSync(executable) ? executable : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the download can begin at all: it would try for minutes. */
async function answers(address: string): Promise<boolean> {
  try {
    await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}

/** Why Electron cannot show a window here, as a part of a sentence; undefined where it can. */
export function lackingDisplay(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = process.env;
  return DISPLAY === '' && WAYLAND_DISPLAY === '' ? 'there is no display here' : undefined;
}
