import type { CheckSpec } from '#common/domain/recipe.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { CheckItem, CheckVerdict } from '../train/job.ts';

/** Puts answers to a check; verdicts in the order of the items. */
export async function runCheck(
  check: CheckSpec,
  _items: readonly CheckItem[],
  _signal: AbortSignal,
): Promise<readonly CheckVerdict[]> {
  throw new TunesmithError('check-failed-to-run', `The check "${check.kind}" is not there yet.`);
}
