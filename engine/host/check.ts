/** Puts answers to a check of any kind. */
import { judge, type CheckedAnswer, type Verdict } from '#common/domain/check.ts';
import { assertNever } from '#common/domain/errors.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import { createCommandChecker } from './check-command.ts';
import { createRegexChecker } from './check-regex.ts';

export interface Checker {
  /** Verdicts in the order of the items. Throws `check-failed-to-run` where the check itself cannot be done. */
  check(items: readonly CheckedAnswer[], signal: AbortSignal): Promise<readonly Verdict[]>;
}

export function createChecker(spec: CheckSpec): Checker {
  switch (spec.kind) {
    case 'similar':
    case 'exact':
    case 'contains':
    case 'json':
      return { check: async (items) => items.map((item) => judge(spec, item)) };
    case 'regex':
      return createRegexChecker(spec.pattern);
    case 'command':
      return createCommandChecker(spec);
    default:
      return assertNever(spec, 'check');
  }
}

/** For one list of answers. */
export async function runCheck(
  spec: CheckSpec,
  items: readonly CheckedAnswer[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  return await createChecker(spec).check(items, signal);
}
