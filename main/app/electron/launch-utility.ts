import { utilityProcess } from 'electron';
import { TunesmithError } from '#common/domain/errors.ts';
import { portEvents } from '#common/wire/port.ts';
import { goodbye } from '#common/wire/ports.ts';
import type { ChildEnd, LaunchedChild, LaunchOptions } from '../../services/child/launch.ts';
import { keepTail } from '../../services/child/tail.ts';

/**
 * A child in a utility process: Electron's own Node, with no second program to find. (Forking would start another copy of the app
 * where it is built without RunAsNode, as releases are.)
 */
export function launchUtility({ entry, part, env, heapLimitMegabytes }: LaunchOptions): LaunchedChild {
  const child = utilityProcess.fork(entry, [], {
    serviceName: `Tunesmith ${part}`,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(heapLimitMegabytes === undefined ? {} : { execArgv: [`--max-old-space-size=${heapLimitMegabytes}`] }),
    ...(env === undefined ? {} : { env: withoutGaps(env) }),
  });
  const events = portEvents();
  const stderr = keepTail(child.stderr as NodeJS.ReadableStream as never);
  let isKilled = false;
  let lastPid: number | undefined;
  child.on('spawn', () => (lastPid = child.pid));
  child.on('message', (message: unknown) => events.message(message));

  function post(message: unknown): void {
    if (events.isClosed) throw new TunesmithError('process-died', 'The other process has ended.', { retryable: true });
    // Electron keeps what is posted before the process has started.
    child.postMessage(message);
  }

  return {
    get pid() {
      return child.pid ?? lastPid;
    },
    port: {
      post,
      onMessage: (listener) => events.onMessage(listener),
      onClose: (listener) => events.onClose(listener),
      close: () => events.closed(),
      closed: (why) => events.closed(why),
    },
    stderrTail: stderr.lines,
    leave() {
      if (!events.isClosed) child.postMessage(goodbye);
    },
    kill() {
      isKilled = true;
      // Electron only asks (SIGTERM), and what is deep in native code may not hear that.
      if (process.platform !== 'win32' && child.pid !== undefined) kill(child.pid);
      child.kill();
    },
    onEnd(listener) {
      child.once('exit', (exitCode) => {
        // Its code says nothing where it was ended by us.
        const end: ChildEnd = isKilled ? { exitCode: null, signal: 'SIGKILL' } : { exitCode, signal: null };
        // Last words may be a little behind.
        setTimeout(() => listener(end), 50);
      });
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function withoutGaps(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
