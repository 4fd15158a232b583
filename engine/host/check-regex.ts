import vm from 'node:vm';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Checker } from './check.ts';

/** Some patterns take practically forever on some texts; the engine must not hang on them. */
const timeoutMs = 1000;

/** Right where the pattern (JavaScript, with the `u` flag) is found anywhere in the answer. */
export function createRegexChecker(pattern: string): Checker {
  const script = new vm.Script('new RegExp(pattern, "u").test(answer)');
  const matches = (answer: string): boolean => {
    try {
      return script.runInNewContext({ pattern, answer }, { timeout: timeoutMs }) === true;
    } catch (cause) {
      const slow = (cause as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
      throw new TunesmithError(
        'check-failed-to-run',
        slow
          ? `The pattern ${pattern} took longer than ${timeoutMs / 1000} second on one answer.`
          : `The pattern ${pattern} cannot be used: ${(cause as Error).message}.`,
        { advice: 'Write a simpler pattern.', cause },
      );
    }
  };
  return {
    check: async (items, signal) =>
      items.map(({ answer }) => {
        signal.throwIfAborted();
        return matches(answer) ? { passed: true } : { passed: false, why: 'The pattern is not in the answer.' };
      }),
  };
}
