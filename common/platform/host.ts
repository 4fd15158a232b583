import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The machine as far as the platform's rules ask: everything in this folder is a pure function of it, so the
 * Windows and macOS branches are tested on Linux too.
 */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder, absolute. */
  readonly home: string;
}

/** The machine this process runs on. The only place that asks `process` for these facts. */
export function currentHost(): Host {
  return { platform: process.platform, arch: process.arch, env: process.env, home: homedir() };
}

/** Path rules of the host, whatever machine the code runs on. */
export function pathRules(host: Host): path.PlatformPath {
  return host.platform === 'win32' ? path.win32 : path.posix;
}

/**
 * An environment variable, or undefined where it is unset or empty. Windows ignores the case of names
 * (`Path`, `PATH`), but a copy of its environment in a plain object does not.
 */
export function envValue(host: Host, name: string): string | undefined {
  const exact = host.env[name];
  if (exact !== undefined && exact !== '') return exact;
  if (host.platform !== 'win32') return undefined;
  const wanted = name.toUpperCase();
  for (const [key, value] of Object.entries(host.env)) {
    if (key.toUpperCase() === wanted && value !== undefined && value !== '') return value;
  }
  return undefined;
}
