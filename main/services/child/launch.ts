import type { Failure } from '#common/domain/errors.ts';
import type { Port } from '#common/wire/port.ts';

export interface LaunchOptions {
  /** Path of the module that the child runs. */
  readonly entry: string;
  /** What people call this part. */
  readonly part: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Most that its JavaScript objects may take together; beyond it the child dies. */
  readonly heapLimitMegabytes?: number | undefined;
}

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A running child process, whatever runs it. */
export interface LaunchedChild {
  /** Undefined until it has started, and where it could not be. */
  readonly pid: number | undefined;
  /** Closes only by `closed`: whoever learns why the child ended says so. */
  readonly port: Port & { closed(why: Failure): void };
  /** Last lines the child wrote on standard error, oldest first. */
  readonly stderrTail: readonly string[];
  /** Asks the child to end by itself. One that is stuck in native code does not. */
  leave(): void;
  /** Ends it at once; its end then reads as signal SIGKILL on every system. */
  kill(): void;
  /** Called once, after its last words have come. */
  onEnd(listener: (end: ChildEnd) => void): void;
}

/** Starts a child process: Node's fork, or a utility process of Electron. */
export type Launch = (options: LaunchOptions) => LaunchedChild;
