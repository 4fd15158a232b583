import type { TrainEventOf } from '#common/domain/train-event.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';

/** Writes checkpoints and knows which progress is already on disk. */
export interface Saver {
  save(progress: Progress): Promise<TrainEventOf<'checkpoint'>>;
  /** Tells the saver that this progress was just read from disk. */
  restored(progress: Progress): void;
  isSaved(progress: Progress): boolean;
  /** New, and not in the middle of something that looks like divergence: a checkpoint is what a roll-back goes to. */
  isWorthwhile(progress: Progress): boolean;
  /** Worthwhile, and as many updates old as the recipe lets a crash lose. */
  isDue(progress: Progress): boolean;
}

export function createSaver({ checkpoints, identity, deps, job }: Run): Saver {
  let saved: Progress | null = null;
  const isWorthwhile = (progress: Progress): boolean => progress !== saved && progress.watch.suspiciousUpdates === 0;
  return {
    async save(progress) {
      const written = await checkpoints.save({ identity, progress, state: deps.session.readState() });
      saved = progress;
      return { type: 'checkpoint', update: progress.update, ...written };
    },
    restored: (progress) => void (saved = progress),
    isSaved: (progress) => progress === saved,
    isWorthwhile,
    isDue: (progress) => isWorthwhile(progress) && progress.update - (saved?.update ?? 0) >= job.recipe.checkpointEvery,
  };
}
