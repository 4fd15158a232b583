import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts';

/** The checkpoints of one run, one file each, of which the two newest are kept. */
export interface CheckpointFolder {
  save(checkpoint: Checkpoint): Promise<{ readonly path: string; readonly bytes: number }>;
  /**
   * The newest one that can be read, null where there is none at all. An unreadable one is set aside under another
   * name and told of. Throws `checkpoint-unreadable` where files exist and none can be read.
   */
  loadNewest(): Promise<{ readonly checkpoint: Checkpoint; readonly unreadable: readonly string[] } | null>;
  isEmpty(): Promise<boolean>;
}

const keptCheckpoints = 2;
const namePattern = /^checkpoint-(\d{7,})\.tune$/;

export function checkpointFolder(folder: string): CheckpointFolder {
  const list = async (): Promise<{ path: string; update: number }[]> => {
    const names = await readdir(folder).catch(() => []);
    return names
      .flatMap((name) => {
        const update = namePattern.exec(name)?.[1];
        return update === undefined ? [] : [{ path: path.join(folder, name), update: Number(update) }];
      })
      .toSorted((a, b) => b.update - a.update);
  };

  return {
    async save(checkpoint) {
      const { update } = checkpoint.progress;
      await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
        throw new TunesmithError('file-not-writable', `Tunesmith may not write in the folder ${folder}.`, { cause });
      });
      const filePath = path.join(folder, `checkpoint-${String(update).padStart(7, '0')}.tune`);
      const bytes = await writeCheckpoint(filePath, checkpoint);
      const files = await list();
      // After a roll-back the later ones belong to a course that was given up.
      const later = files.filter((file) => file.update > update);
      const older = files.filter((file) => file.update <= update).slice(keptCheckpoints);
      for (const file of [...later, ...older]) await rm(file.path, { force: true });
      return { path: filePath, bytes };
    },

    async loadNewest() {
      const unreadable: string[] = [];
      const files = await list();
      for (const file of files) {
        try {
          const checkpoint = await readCheckpoint(file.path);
          for (const damaged of unreadable) await rename(damaged, `${damaged}.unreadable`);
          return { checkpoint, unreadable };
        } catch (error) {
          if (!(error instanceof TunesmithError) || error.code !== 'checkpoint-unreadable') throw error;
          unreadable.push(file.path);
        }
      }
      if (files.length === 0) return null;
      throw new TunesmithError('checkpoint-unreadable', `None of the saved states in ${folder} can be read.`, {
        advice: 'Start the training again as a new run. The examples and the base model are not affected.',
      });
    },

    isEmpty: async () => (await list()).length === 0,
  };
}
