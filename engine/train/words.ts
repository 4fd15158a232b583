/** What a finished, paused or failed run tells a person. */
import { assertNever } from '#common/domain/errors.ts';
import type { Trouble } from './divergence.ts';
import type { KeptVersion, StopCause, Version } from './keeper.ts';

export function keptReason({ version, by, equals }: KeptVersion): string {
  const kept = `Kept the version after update ${version.update}`;
  const equal = equals === 0 ? '' : ` ${countOf(equals, 'earlier version was', 'earlier versions were')} just as good.`;
  switch (by) {
    case 'answers': {
      const { passed = 0, of = 0 } = version.answers ?? {};
      return `${kept}: it got ${passed} of ${of} held-out questions right, and no other version more.${equal}`;
    }
    case 'token-accuracy': {
      const percent = ((version.heldOut?.tokenAccuracy ?? 0) * 100).toFixed(1);
      return `${kept}: it foresees ${percent} % of the held-out answers' words and word parts, and no other version clearly more.${equal}`;
    }
    case 'last':
      return `${kept}, the last one: there were no held-out examples to compare versions with.`;
    default:
      return assertNever(by, 'kind of choice');
  }
}

export function stopMessage(cause: StopCause): string {
  switch (cause) {
    case 'answers-worse':
      return 'Training stopped early, because the answers to held-out questions got worse twice in a row. The best version is kept.';
    case 'accuracy-fell':
      return 'Training stopped early, because the model did clearly worse on held-out examples twice in a row. The best version is kept.';
    default:
      return assertNever(cause, 'cause of stopping');
  }
}

export function rollbackMessage(trouble: Trouble | 'not-finite', backTo: number, rateFactor: number): string {
  const rate = rateFactor === 0.5 ? 'half' : `1/${1 / rateFactor}`;
  return `${troubleText(trouble)} Went back to the version after update ${backTo} and goes on with ${rate} of the learning rate.`;
}

export function divergedMessage(trouble: Trouble | 'not-finite', rollbacks: number): string {
  return `${troubleText(trouble)} Going back and learning more slowly did not help (${countOf(rollbacks, 'try', 'tries')}).`;
}

/** Hints about how the learning goes, or null. `trainingLoss` is the smoothed loss on the examples themselves. */
export function learningHint(versions: readonly Version[], trainingLoss: number | null): 'by-heart' | null {
  const [before, now] = versions.filter((version) => version.update > 0).slice(-2);
  if (!before?.heldOut || !now?.heldOut || trainingLoss === null) return null;
  const flat = now.heldOut.tokenAccuracy - before.heldOut.tokenAccuracy < 0.005;
  return flat && trainingLoss < 0.5 * now.heldOut.loss ? 'by-heart' : null;
}

export const byHeartMessage =
  'The model now knows these examples by heart. Its answers to held-out questions decide which version is kept.';

/** Whether held-out loss, at its lowest, is less than 2 % below the untaught base's. */
export function hardlyLearned(versions: readonly Version[]): boolean {
  const base = versions.find((version) => version.update === 0)?.heldOut?.loss;
  const trained = versions.flatMap((version) => (version.update > 0 && version.heldOut ? [version.heldOut.loss] : []));
  return base !== undefined && trained.length > 0 && Math.min(...trained) > 0.98 * base;
}

export const hardlyLearnedMessage =
  'The model has hardly learned anything: it does less than 2 % better on held-out examples. More examples, or the preset "thorough", may help.';

function troubleText(trouble: Trouble | 'not-finite'): string {
  switch (trouble) {
    case 'not-finite':
      return 'The computation left the range of numbers.';
    case 'explosion':
      return 'The model suddenly got worse instead of better.';
    case 'vanished-gradient':
      return 'The model stopped learning altogether.';
    default:
      return assertNever(trouble, 'trouble');
  }
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
