import { TunesmithError, toFailure, type ErrorCode } from '#common/domain/errors.ts';
import type { Output } from './output.ts';

/** What the command line answers to its caller. Part of its contract. */
export const exitCodes = { done: 0, failed: 1, usage: 2, refused: 3, paused: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Failures that say: what was handed in cannot be used, and nothing was changed. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'file-not-found',
  'file-not-readable',
  'file-corrupt',
  'file-unsupported',
  'data-empty',
  'data-unusable',
  'architecture-unsupported',
  'template-invalid',
  'download-refused',
  'license-not-accepted',
]);

export function exitCodeOf(thrown: unknown): ExitCode {
  const { code } = toFailure(thrown);
  if (code === 'cancelled') return exitCodes.paused;
  if (code === 'bad-request') return exitCodes.usage;
  return refusals.has(code) ? exitCodes.refused : exitCodes.failed;
}

/** What happened, why, and what to do; with the stack where it is a bug of ours. */
export function reportFailure(output: Output, thrown: unknown): void {
  const { code, message, advice } = toFailure(thrown);
  if (code === 'cancelled') {
    output.note('Stopped.');
    return;
  }
  output.warn(message);
  if (advice !== undefined && advice !== '') output.note(advice);
  if (code === 'internal') {
    const stack = thrown instanceof Error && !(thrown instanceof TunesmithError) ? thrown.stack : undefined;
    output.note(
      `This is a bug in Tunesmith. Please report it with this message.${stack === undefined ? '' : `\n${stack}`}`,
    );
  }
}
