import { fork } from 'node:child_process';
import { processPort, type ProcessLike } from '#common/wire/ports.ts';
import type { ChildEnd, LaunchedChild, LaunchOptions } from './launch.ts';
import { keepTail } from './tail.ts';

/** A child process of plain Node. */
export function forkNode({ entry, env, heapLimitMegabytes }: LaunchOptions): LaunchedChild {
  const child = fork(entry, [], {
    execPath: process.execPath,
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      ...(heapLimitMegabytes === undefined ? [] : [`--max-old-space-size=${heapLimitMegabytes}`]),
    ],
    serialization: 'advanced',
    // Nothing but the wire may reach the parent's standard output.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...(env === undefined ? {} : { env }),
  });
  const stderr = keepTail(child.stderr as NonNullable<typeof child.stderr>);
  return {
    get pid() {
      return child.pid;
    },
    port: processPort(child as unknown as ProcessLike, { closeOnDisconnect: false }),
    stderrTail: stderr.lines,
    leave() {
      if (child.connected) child.disconnect();
    },
    kill: () => void child.kill('SIGKILL'),
    onEnd(listener) {
      let over = false;
      const end = (exitCode: number | null, signal: string | null): void => {
        if (over) return;
        over = true;
        listener({ exitCode, signal } satisfies ChildEnd);
      };
      // The child's `close` event never comes after a `disconnect` of ours (Node 24), so its last words are waited for
      // here; a grandchild that holds standard error open must not hold this up.
      child.on('exit', (code, signal) => {
        child.stderr?.once('close', () => end(code, signal));
        setTimeout(() => end(code, signal), 250);
      });
      // Comes alone where the child could not be started.
      child.on('error', (error) => {
        if (child.pid === undefined) end(null, `could not be started: ${error.message}`);
      });
    },
  };
}
