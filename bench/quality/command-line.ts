/** The command line as others call it: a process of its own, JSON lines on its standard output. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../..');

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: (line: JsonLine) => void;
}

export type JsonLine = Readonly<Record<string, unknown>>;

/** Runs `tunesmith ARGS --json` and gives its lines. Throws with its words where it does not exit with 0. */
export async function tunesmith(args: readonly string[], options: CommandOptions): Promise<readonly JsonLine[]> {
  const child = spawn(process.execPath, [path.join(root, 'main/app/cli.ts'), ...args, '--json'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-8000)));
  const lines: JsonLine[] = [];
  const exited = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as JsonLine;
    lines.push(line);
    options.onLine?.(line);
  }
  const code = await exited;
  if (code !== 0) throw new Error(`tunesmith ${args.join(' ')} exited with ${code}:\n${words}`);
  return lines;
}
