import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What one update took. */
export interface Step {
  readonly ms: number;
  /** Mean over the learned tokens before the update. */
  readonly loss: number;
  readonly peakBytes: number;
}

/** One of the two that are compared: a process that makes an update when it is told to, and rests otherwise. */
export interface Side<Ready> extends AsyncDisposable {
  /** What it said of itself when it had opened the model. */
  readonly ready: Ready;
  step(): Promise<Step>;
}

/** Rejects where the process ends before it answers; what it said on standard error is shown. */
export async function startSide<Ready>(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Side<Ready>> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    // Libraries print lines of their own.
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      if (line.value.startsWith('{')) return JSON.parse(line.value);
    }
    throw new Error(`${[program, ...args].join(' ')} ended:\n${said}`);
  };
  const ready = (await next()) as Ready;
  return {
    ready,
    async step() {
      child.stdin.write('step\n');
      return (await next()) as Step;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end('end\n');
      await ended;
    },
  };
}
