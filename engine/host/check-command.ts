/** A program of the person's decides about each answer: on its standard input, right when it exits with 0. */
import { accessSync, constants, statSync } from 'node:fs';
import type { CheckedAnswer, Verdict } from '#common/domain/check.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { findExecutable } from '#common/platform/executables.ts';
import { currentHost, type Host } from '#common/platform/host.ts';
import type { Checker } from './check.ts';
import { runProgram, type ProgramEnd } from './run-program.ts';

export interface CommandCheck {
  readonly program: string;
  readonly args: readonly string[];
}

export interface CommandCheckOptions {
  /** For one answer; then the program is ended with its children. Default 10 seconds. */
  readonly timeoutMs?: number;
  readonly host?: Host;
}

/** Programs at once: a compiler uses a core by itself. */
const atOnce = 2;
const defaultTimeoutMs = 10_000;
/** Systems limit one environment variable (Linux 128 KiB, Windows 32,767 characters with all others). */
const maxVariableCharacters = 8000;

/**
 * The program is run without a shell, with the variables `TUNESMITH_PROMPT` and `TUNESMITH_EXPECTED` (shortened to
 * 8000 characters). Throws `check-failed-to-run` naming it where it is missing or cannot be started.
 */
export function createCommandChecker(command: CommandCheck, options: CommandCheckOptions = {}): Checker {
  const { timeoutMs = defaultTimeoutMs, host = currentHost() } = options;
  return {
    check: async (items, signal) => {
      if (items.length === 0) return [];
      const file = findProgram(command.program, host);
      // One that cannot run stops its companion too.
      const failed = new AbortController();
      const stop = AbortSignal.any([signal, failed.signal]);
      const verdicts: Verdict[] = [];
      let next = 0;
      const work = async () => {
        for (let index = next++; index < items.length; index = next++) {
          const item = items[index];
          if (item === undefined) return;
          verdicts[index] = await judgeOne(file, command, item, timeoutMs, host, stop);
        }
      };
      const workers = await Promise.allSettled(
        Array.from({ length: Math.min(atOnce, items.length) }, () =>
          work().catch((error: unknown) => {
            failed.abort(error);
            throw error;
          }),
        ),
      );
      signal.throwIfAborted();
      const broken = workers.find((worker) => worker.status === 'rejected');
      if (broken !== undefined) throw failed.signal.reason;
      return verdicts;
    },
  };
}

async function judgeOne(
  file: string,
  command: CommandCheck,
  item: CheckedAnswer,
  timeoutMs: number,
  host: Host,
  signal: AbortSignal,
): Promise<Verdict> {
  let end: ProgramEnd;
  try {
    const env = { TUNESMITH_PROMPT: variable(item.prompt), TUNESMITH_EXPECTED: variable(item.expected) };
    end = await runProgram(file, command.args, { input: item.answer, env, timeoutMs, host, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TunesmithError(
      'check-failed-to-run',
      `The check's program ${command.program} could not be started: ${(cause as Error).message}.`,
      { advice: 'Try it by hand with an answer on its standard input.', cause },
    );
  }
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? { passed: true } : { passed: false, why: whyNot(command.program, end) };
    case 'killed':
      return { passed: false, why: `${command.program} was ended by ${end.signal}.` };
    case 'timed-out':
      return { passed: false, why: `${command.program} took longer than ${timeoutMs / 1000} seconds.` };
  }
}

function whyNot(program: string, end: Extract<ProgramEnd, { kind: 'exited' }>): string {
  const said =
    end.output
      .trim()
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? '';
  const short = said.length > 200 ? `${said.slice(0, 200)}…` : said;
  return short === '' ? `${program} ended with code ${end.code}.` : `${program} ended with code ${end.code}: ${short}`;
}

function findProgram(program: string, host: Host): string {
  const found = findExecutable(host, program, isExecutable);
  if (found === undefined) {
    throw new TunesmithError('check-failed-to-run', `The check's program ${program} was not found.`, {
      advice: 'Install it, or give its full path after "command:".',
    });
  }
  if (host.platform === 'win32' && /\.(bat|cmd)$/i.test(found)) {
    throw new TunesmithError(
      'check-failed-to-run',
      `The check's program ${found} is a batch file, which needs a shell.`,
      {
        advice: 'Name the program that it starts, for example "command:node check.js".',
      },
    );
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function variable(text: string): string {
  return text.replaceAll('\0', '').slice(0, maxVariableCharacters);
}
