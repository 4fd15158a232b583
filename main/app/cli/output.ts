import { createColors } from 'picocolors';
import { StatusLine } from './status-line.ts';

export type Colors = ReturnType<typeof createColors>;

/**
 * Where a command's words go. Results go to standard output: as one JSON object a line with `--json`, else as text.
 * Everything said along the way goes to standard error.
 */
export interface Output {
  readonly json: boolean;
  /** Colours of standard output. */
  readonly colors: Colors;
  readonly status: StatusLine;
  /** Columns of standard output; 100 where it is no terminal. */
  readonly columns: number;
  /** A row for programs; nothing without `--json`. Resolves when there is room for more. */
  row(value: object): Promise<void>;
  /** A line of the result for people; nothing with `--json`. */
  line(text?: string): Promise<void>;
  /** Text of the result without a line's end, as an answer that is being written. */
  text(text: string): Promise<void>;
  /** A word along the way. */
  note(text: string): void;
  warn(text: string): void;
}

export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

export function createOutput(json: boolean, { stdout, stderr, env }: OutputStreams): Output {
  const colors = createColors(usesColor(stdout, env));
  const noteColors = createColors(usesColor(stderr, env));
  const status = new StatusLine(stderr);
  const write = async (text: string): Promise<void> => {
    if (stdout.destroyed || !stdout.writable) return;
    if (stdout.isTTY) status.clear();
    if (stdout.write(text)) return;
    await new Promise<void>((resolve) => {
      stdout.once('drain', resolve);
      stdout.once('close', resolve);
      stdout.once('error', () => resolve());
    });
  };
  const note = (text: string): void => {
    status.clear();
    stderr.write(`${text}\n`);
  };
  return {
    json,
    colors,
    status,
    columns: stdout.isTTY ? stdout.columns : 100,
    row: (value) => (json ? write(`${JSON.stringify(value)}\n`) : Promise.resolve()),
    line: (text = '') => (json ? Promise.resolve() : write(`${text}\n`)),
    text: (text) => (json ? Promise.resolve() : write(text)),
    note,
    warn: (text) => note(noteColors.yellow(text)),
  };
}

/** https://no-color.org: set and not empty means none; a file or pipe gets none either. */
function usesColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return stream.isTTY && env['TERM'] !== 'dumb';
}
