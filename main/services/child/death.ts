import type { Failure } from '#common/domain/errors.ts';

/** What the parent saw of a child's end. */
export interface Death {
  /** What people call this part: "training engine", "chat". */
  readonly part: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Last lines the child wrote on standard error, oldest first. */
  readonly stderrTail: readonly string[];
  readonly logFile?: string | undefined;
  /** It was ended by us, because a call that was cancelled did not end. */
  readonly isGivenUp?: boolean;
}

const abortCodes = new Set([3, 6, 134, 0xc0000409]);
const faultCodes = new Set([11, 139, 0xc0000005, 0xc000001d]);
const killCodes = new Set([9, 137]);

/**
 * The end of a child in plain words. Exit codes differ by system: an abort is SIGABRT or 134 on POSIX, 3 or
 * 0xC0000409 on Windows and 6 under Electron; a memory fault SIGSEGV, 139, 0xC0000005 or 11.
 */
export function describeDeath(death: Death): Failure {
  const { part, exitCode, signal, stderrTail } = death;
  const tail = stderrTail.join('\n');
  const log = death.logFile === undefined ? '' : ` Its last words are in ${death.logFile}.`;
  const died = (message: string, advice: string): Failure => ({
    code: 'process-died',
    message,
    advice: `${advice}${log}`,
    retryable: true,
  });

  if (death.isGivenUp === true) {
    return died(`The ${part} was ended, because something else that it worked on could not be stopped.`, 'Try again.');
  }
  if (/heap out of memory|bad_alloc|out of memory|failed to allocate|cannot allocate memory|ENOMEM/i.test(tail)) {
    return died(`The ${part} ran out of memory.`, lessMemory);
  }
  if (signal === 'SIGKILL' || (exitCode !== null && killCodes.has(exitCode))) {
    return died(`The ${part} was ended from outside, most likely by the system because memory ran out.`, lessMemory);
  }
  if (signal === 'SIGABRT' || (exitCode !== null && abortCodes.has(exitCode))) {
    const assertion = stderrTail.findLast((line) => /GGML_ASSERT|GGML_ABORT|assert|fatal error/i.test(line));
    const detail = assertion === undefined ? '' : ` (${shorten(assertion)})`;
    return died(`The ${part} stopped itself because a check inside the computing library failed${detail}.`, goOn);
  }
  if (signal === 'SIGSEGV' || signal === 'SIGBUS' || (exitCode !== null && faultCodes.has(exitCode))) {
    return died(`The ${part} crashed inside the computing library.`, goOn);
  }
  if (signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGHUP') {
    return died(`The ${part} was asked by the system to end.`, 'Try again.');
  }
  const reason = stderrTail.findLast((line) => /error/i.test(line));
  const detail = reason === undefined ? '' : ` (${shorten(reason)})`;
  return died(`The ${part} ended before its work was done${detail}.`, goOn);
}

const lessMemory =
  'Close other programs, or choose a smaller base model, fewer tokens per example or a lower rank, and try again.';
const goOn = 'Try again. If it happens at the same place again, please report it.';

function shorten(line: string): string {
  const text = line.trim();
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
