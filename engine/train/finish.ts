import { access } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { copyAtomically, measureFile } from './atomic-file.ts';
import { checkpointFolder } from './checkpoint-folder.ts';
import type { KeptVersion, Version } from './keeper.ts';
import { chooseVersion, trainedVersions } from './keeper.ts';
import type { Progress } from './progress.ts';
import type { RunPlace } from './run.ts';
import { adapterPath, candidatePath } from './run.ts';
import { hardlyLearned, hardlyLearnedMessage, keptReason } from './words.ts';

/** The end of a run: the best version becomes `adapter.gguf`. */
export async function* keepBest(run: RunPlace, progress: Progress): AsyncGenerator<TrainEvent, void> {
  const { update, versions } = progress;
  if (hardlyLearned(versions)) {
    yield { type: 'notice', update, code: 'hardly-learned', message: hardlyLearnedMessage };
  }
  const kept = yield* saveBestAdapter(run, progress);
  yield {
    type: 'done',
    update,
    outcome: 'finished',
    ...(kept ? { keptUpdate: kept.version.update, reason: keptReason(kept) } : { reason: 'No version was kept.' }),
  };
}

/**
 * Ends a run that rests before its end: the best version of its newest checkpoint becomes `adapter.gguf`. Needs neither
 * the base nor its memory. Throws `bad-request` where no version was measured yet.
 */
export async function* keepFromCheckpoint(runFolder: string): AsyncGenerator<TrainEvent, void> {
  const run = { job: { runFolder } };
  const loaded = await checkpointFolder(path.join(runFolder, 'checkpoints')).loadNewest();
  const progress = loaded?.checkpoint.progress;
  const versions = progress === undefined ? [] : await existingVersions(run, trainedVersions(progress.versions));
  if (progress === undefined || versions.length === 0) {
    throw new TunesmithError('bad-request', 'There is no version to keep yet: none has been checked.', {
      advice: 'Go on until the first check of its answers.',
    });
  }
  yield* keepBest(run, progress);
}

/** Copies the best version so far to `adapter.gguf`; null where there is none yet. */
export async function* saveBestAdapter(
  run: RunPlace,
  { versions }: Progress,
): AsyncGenerator<TrainEvent, KeptVersion | null> {
  const kept = chooseVersion(await existingVersions(run, versions));
  if (!kept) return null;
  const path = adapterPath(run);
  await copyAtomically(candidatePath(run, kept.version.update), path);
  yield { type: 'artifact', kind: 'adapter', path, ...(await measureFile(path)) };
  return kept;
}

/** A candidate file that a person deleted cannot be kept any more. */
async function existingVersions(run: RunPlace, versions: readonly Version[]): Promise<Version[]> {
  const exists = await Promise.all(
    versions.map((version) =>
      access(candidatePath(run, version.update)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return versions.filter((_, index) => exists[index]);
}
