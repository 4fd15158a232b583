/** Runs a program of the person's to its end, with a limit on its time, and leaves nothing of it behind. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Host } from '#common/platform/host.ts';
import { treeKill } from '#common/platform/stopping.ts';

export interface RunOptions {
  /** Written to its standard input, UTF-8. */
  readonly input: string;
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly host: Host;
  readonly signal: AbortSignal;
}

export type ProgramEnd =
  /** `output` is the beginning of what it wrote on both streams. */
  | { readonly kind: 'exited'; readonly code: number; readonly output: string }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'timed-out' };

const maxOutputCharacters = 20_000;
/** After it ended, for output that is still on its way. A child of its own may hold the streams open for ever. */
const outputGraceMs = 200;

/** No shell. Rejects where it cannot be started, and with the signal's reason when that fires. */
export async function runProgram(file: string, args: readonly string[], options: RunOptions): Promise<ProgramEnd> {
  const { signal, host, timeoutMs } = options;
  signal.throwIfAborted();
  const child = spawn(file, args, {
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
    // Its own process group, so that its children can be ended with it.
    detached: host.platform !== 'win32',
    windowsHide: true,
  });
  const output = collectOutput(child);
  let timedOut = false;
  const kill = () => killTree(child, host);
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const end = exitOf(child);
    // A program may end without reading: that is its right.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
    const { code, killedBy } = await end;
    signal.throwIfAborted();
    if (timedOut) return { kind: 'timed-out' };
    if (code === null) return { kind: 'killed', signal: killedBy ?? 'SIGKILL' };
    await output.settled();
    return { kind: 'exited', code, output: output.text() };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
    child.stdout.destroy();
    child.stderr.destroy();
    // What it started and left running.
    if (host.platform !== 'win32') kill();
  }
}

function exitOf(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: number | null; killedBy: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, killedBy) => resolve({ code, killedBy }));
  });
}

function collectOutput(child: ChildProcessWithoutNullStreams) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      if (text.length < maxOutputCharacters) text += part.slice(0, maxOutputCharacters - text.length);
    });
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    text: () => text,
    settled: () => Promise.race([closed, new Promise<void>((resolve) => setTimeout(resolve, outputGraceMs))]),
  };
}

function killTree(child: ChildProcessWithoutNullStreams, host: Host): void {
  if (child.pid === undefined) return;
  const way = treeKill(host, child.pid);
  if (way.kind === 'command') {
    spawn(way.program, way.args, { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill('SIGKILL'));
    return;
  }
  try {
    process.kill(-child.pid, way.signal);
  } catch {
    // Nothing is left of it.
  }
}
