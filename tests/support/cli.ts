/** Runs the command line as a person or a script does: a process of its own, with its own data folder. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const entry = path.resolve(import.meta.dirname, '../../main/app/cli.ts');

export type Row = Readonly<Record<string, unknown>> & { readonly type?: string };

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as `--json` promises it; throws where a line is no JSON. */
  readonly rows: readonly Row[];
}

export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<CliResult>;
  /** Resolves with the first row that fits, past or future; rejects where the process ends before. */
  waitFor(fits: (row: Row) => boolean): Promise<Row>;
  /** Rows so far. */
  rows(): readonly Row[];
  /** Resolves when standard error holds the text; rejects where the process ends before. */
  hears(text: string): Promise<void>;
}

/** A folder that is removed at the end, with a data folder in it. */
export function workFolder(): Disposable & {
  readonly root: string;
  readonly home: string;
  file(name: string): string;
} {
  const root = mkdtempSync(path.join(tmpdir(), 'tunesmith-cli-'));
  return {
    root,
    home: path.join(root, 'home'),
    file: (name) => path.join(root, name),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface StartOptions {
  readonly home: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export function startCli(args: readonly string[], options: StartOptions): RunningCli {
  const child = spawn(process.execPath, [entry, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: {
      ...process.env,
      NO_COLOR: '1',
      TUNESMITH_HOME: options.home,
      // Nobody answers there: no test talks to an Ollama of the person's own.
      OLLAMA_HOST: '127.0.0.1:9',
      ...options.env,
    },
  });
  let stdout = '';
  let stderr = '';
  let isOver = false;
  const rows: Row[] = [];
  let rest = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) rows.push(JSON.parse(line) as Row);
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    wake();
  });
  const finished = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => {
      isOver = true;
      resolve({
        code,
        signal,
        stdout,
        stderr,
        get rows() {
          return stdout
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Row);
        },
      });
      wake();
    });
  });
  return {
    child,
    finished,
    rows: () => rows,
    hears: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!stderr.includes(text) && !isOver) return;
          waiting.delete(look);
          if (stderr.includes(text)) resolve();
          else reject(new Error(`The command ended before it said "${text}".\n${stderr}`));
        };
        waiting.add(look);
        look();
      }),
    waitFor: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = rows.find(fits);
          if (found === undefined && !isOver) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`The command ended before the row came.\n${stderr}\n${stdout.slice(-2000)}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

export function runCli(
  args: readonly string[],
  options: StartOptions & { readonly stdin?: string },
): Promise<CliResult> {
  const running = startCli(args, options);
  running.child.stdin.end(options.stdin ?? '');
  return running.finished;
}

/** Process ids of a process's children (Linux). */
export function childrenOf(pid: number): readonly number[] {
  const children: number[] = [];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
    children.push(
      ...text
        .split(' ')
        .filter((each) => each.trim() !== '')
        .map(Number),
    );
  }
  return children;
}

/** A file of short examples: `count` questions with answers that follow a rule. */
export function writeExamples(file: string, count: number): void {
  const words = ['red', 'blue', 'green', 'tall', 'small', 'round', 'old', 'new', 'fast', 'calm'];
  const rows = Array.from({ length: count }, (_, n) => {
    const word = `${words[n % words.length]}${Math.floor(n / words.length)}`;
    return `# INPUT\nsay ${word} ${n}\n\n# OUTPUT\n${word} ${word}!\n`;
  });
  writeFileSync(file, rows.join('\n'));
}
