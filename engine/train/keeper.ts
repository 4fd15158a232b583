import { z } from 'zod';

/** What one evaluation found: one version of the model, which may become the kept one. */
export const versionSchema = z
  .object({
    /** Updates done; 0 is the untaught base, which is measured but never kept. */
    update: z.int(),
    heldOut: z.object({ loss: z.number(), tokenAccuracy: z.number() }).readonly().nullable(),
    answers: z.object({ passed: z.int(), of: z.int(), stopped: z.int() }).readonly().nullable(),
  })
  .readonly();
export type Version = z.infer<typeof versionSchema>;

export type KeptBy = 'answers' | 'token-accuracy' | 'last';

export interface KeptVersion {
  readonly version: Version;
  /** What decided. */
  readonly by: KeptBy;
  /** Other versions that were just as good, all of them earlier. */
  readonly equals: number;
}

/**
 * Token accuracies this close are equal. Measured: a version 0.7 points below the best gave 25 right answers of 30
 * where the best gave 18; a run that looks flat by this figure is still learning to finish its answers.
 */
const accuracyTolerance = 0.01;
const accuracyFall = 0.03;

/**
 * The version to keep: the one with most right answers, the later of equals. Answers decide only where every
 * version has them; else it is the latest version whose token accuracy is as good as the best, and without
 * held-out examples the last one. Never the lowest held-out loss: that rises while answers still improve.
 */
export function chooseVersion(versions: readonly Version[]): KeptVersion | null {
  const trained = trainedVersions(versions);
  const last = trained.at(-1);
  if (!last) return null;
  const answered = scores(trained, (version) => version.answers?.passed);
  if (answered) return pick(trained, answered, 0, 'answers');
  const accuracies = scores(trained, (version) => version.heldOut?.tokenAccuracy);
  if (accuracies) return pick(trained, accuracies, accuracyTolerance, 'token-accuracy');
  return { version: last, by: 'last', equals: 0 };
}

export type StopCause = 'answers-worse' | 'accuracy-fell';

/**
 * Whether more training only harms: answers that got worse at two evaluations running, or a token accuracy more
 * than three points below its best at two running while the answers, where there are any, are not at their best.
 * A rising held-out loss alone never stops a run.
 */
export function stopCause(versions: readonly Version[]): StopCause | null {
  const trained = trainedVersions(versions);
  const passed = scores(trained, (version) => version.answers?.passed);
  if (passed && lastIsBest(passed)) return null;
  if (passed && fellTwice(passed)) return 'answers-worse';
  const accuracies = scores(trained, (version) => version.heldOut?.tokenAccuracy);
  if (!accuracies || accuracies.length < 3) return null;
  const best = Math.max(...accuracies);
  return accuracies.slice(-2).every((accuracy) => accuracy < best - accuracyFall) ? 'accuracy-fell' : null;
}

function lastIsBest(passed: readonly number[]): boolean {
  return passed.at(-1) === Math.max(...passed);
}

function fellTwice(passed: readonly number[]): boolean {
  const [before, middle, now] = passed.slice(-3);
  return before !== undefined && middle !== undefined && now !== undefined && before > middle && middle > now;
}

export function trainedVersions(versions: readonly Version[]): Version[] {
  return versions.filter((version) => version.update > 0);
}

/** The figure of every version, or null where one has none: figures of different kinds are not compared. */
function scores(versions: readonly Version[], score: (version: Version) => number | undefined): number[] | null {
  const all = versions.map(score).filter((value) => value !== undefined);
  return all.length === versions.length && all.length > 0 ? all : null;
}

function pick(versions: readonly Version[], values: readonly number[], tolerance: number, by: KeptBy): KeptVersion {
  const best = Math.max(...values);
  const good = versions.filter((_, index) => (values[index] ?? Number.NaN) >= best - tolerance);
  const version = good.at(-1) ?? versions.at(-1);
  if (!version) throw new RangeError('no version to choose from');
  return { version, by, equals: good.length - 1 };
}
