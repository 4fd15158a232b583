import { access } from 'node:fs/promises';
import type { TrainEvent } from '#common/domain/train-event.ts';
import { copyAtomically, measureFile } from './atomic-file.ts';
import type { KeptVersion, Version } from './keeper.ts';
import { chooseVersion } from './keeper.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { adapterPath, candidatePath } from './run.ts';
import { hardlyLearned, hardlyLearnedMessage, keptReason } from './words.ts';

/** The end of a run: the best version becomes `adapter.gguf`. */
export async function* keepBest(run: Run, progress: Progress): AsyncGenerator<TrainEvent, void> {
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

/** Copies the best version so far to `adapter.gguf`; null where there is none yet. */
export async function* saveBestAdapter(
  run: Run,
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
async function existingVersions(run: Run, versions: readonly Version[]): Promise<Version[]> {
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
