import { envValue, pathRules, type Host } from './host.ts';

/**
 * Signals by which a person or the system asks this process to stop. The first is Ctrl-C. (Windows has no
 * SIGTERM to listen to; closing the console window arrives there as SIGHUP, Ctrl-Break as SIGBREAK.)
 */
export function stopSignals(host: Host): readonly NodeJS.Signals[] {
  return host.platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
}

/** One way to end a child process, and how long to wait for its exit before the next. */
export type StopStep =
  /** Send our own message over its channel: it finishes what must not be cut and exits. */
  | { readonly kind: 'message'; readonly waitMs: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly waitMs: number };

/**
 * How to stop a child that listens to messages, politely first. On Windows every signal is an immediate kill,
 * so there the message is the only polite way.
 */
export function childStopSteps(host: Host): readonly StopStep[] {
  const ask: StopStep = { kind: 'message', waitMs: 2000 };
  const kill: StopStep = { kind: 'signal', signal: 'SIGKILL', waitMs: 2000 };
  return host.platform === 'win32' ? [ask, kill] : [ask, { kind: 'signal', signal: 'SIGTERM', waitMs: 1000 }, kill];
}

/** How to end a program of the person's together with everything it started. */
export type TreeKill =
  /** Start it with `detached: true`, then signal the negative of its process id. */
  | { readonly kind: 'group'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'command'; readonly program: string; readonly args: readonly string[] };

export function treeKill(host: Host, pid: number): TreeKill {
  if (host.platform !== 'win32') return { kind: 'group', signal: 'SIGKILL' };
  const root = envValue(host, 'SystemRoot') ?? 'C:\\Windows';
  const program = pathRules(host).join(root, 'System32', 'taskkill.exe');
  return { kind: 'command', program, args: ['/PID', String(pid), '/T', '/F'] };
}
