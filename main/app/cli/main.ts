import { CommanderError } from 'commander';
import { toFailure } from '#common/domain/errors.ts';
import type { Host } from '#common/platform/host.ts';
import { exitCodeOf, exitCodes, reportFailure, type ExitCode } from './exit.ts';
import { listenForInterrupts } from './interrupts.ts';
import { createOutput } from './output.ts';
import { createProgram, type Action } from './program.ts';
import { openWorkplace } from './workplace.ts';

/** Runs one command and answers its exit code, when everything it wrote is on its way. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  let code: ExitCode = exitCodes.done;
  const program = createProgram(async (json, action) => {
    code = await perform(json, action, host);
  });
  program.exitOverride();
  for (const each of program.commands) {
    each.exitOverride();
    for (const inner of each.commands) inner.exitOverride();
  }
  try {
    if (argv.length <= 2) {
      program.outputHelp();
      return exitCodes.done;
    }
    await program.parseAsync(argv as string[]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and the version are asked for; everything else that commander throws is wrong usage.
    code = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  await flush();
  return code;
}

async function perform(json: boolean, action: Action, host: Host): Promise<ExitCode> {
  const output = createOutput(json, {
    stdout: process.stdout,
    stderr: process.stderr,
    env: host.env as NodeJS.ProcessEnv,
  });
  using interrupts = listenForInterrupts(host, output.note);
  let readerLeft = false;
  // Whoever read our output (`| head`) has seen enough: stop quietly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    readerLeft ||= error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
    interrupts.stop();
  });
  process.stderr.on('error', () => {});
  const work = openWorkplace(host, output, interrupts);
  try {
    return (await action(work)) ?? exitCodes.done;
  } catch (error) {
    output.status.clear();
    if (readerLeft && toFailure(error).code === 'cancelled') return exitCodes.done;
    reportFailure(output, error);
    return exitCodeOf(error);
  } finally {
    output.status.clear();
    await work[Symbol.asyncDispose]();
  }
}

/** Pipes are written asynchronously on some systems. */
function flush(): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.destroyed || !process.stdout.writable) resolve();
    else process.stdout.write('', () => resolve());
  });
}
