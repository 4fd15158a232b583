import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint } from './checkpoint-file.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts';
import { checkpointFolder } from './checkpoint-folder.ts';
import { freshProgress } from './progress.ts';
import { toyRecipe } from './testing/toy-run.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'tunesmith-checkpoint-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

function checkpointAt(update: number, count = 50): Checkpoint {
  const values = (factor: number) =>
    Float32Array.from({ length: count }, (_, index) => factor * Math.sin(index + update));
  return {
    identity: { base: 'b', trainData: 't', heldOutData: 'h', recipe: toyRecipe, parameterCount: count },
    progress: {
      ...freshProgress,
      update,
      watch: { firstLosses: [1.25], smoothLoss: 0.1, lowestSmoothLoss: 0.1, suspiciousUpdates: 0 },
      versions: [{ update, heldOut: { loss: 1 / 3, tokenAccuracy: 2 / 3 }, answers: null }],
    },
    state: { parameters: values(1), firstMoment: values(1e-20), secondMoment: values(1e-38) },
  };
}

describe('the checkpoint file', () => {
  test('gives back exactly what was written', async () => {
    const filePath = path.join(folder, 'exact');
    const bytes = await writeCheckpoint(filePath, checkpointAt(7));
    expect(await readCheckpoint(filePath)).toEqual(checkpointAt(7));
    expect((await readFile(filePath)).length).toBe(bytes);
  });

  test('larger than one part', async () => {
    const filePath = path.join(folder, 'large');
    await writeCheckpoint(filePath, checkpointAt(1, 1_500_000));
    const { state } = await readCheckpoint(filePath);
    expect(state.secondMoment.at(-1)).toBe(checkpointAt(1, 1_500_000).state.secondMoment.at(-1));
  });

  test('any changed byte and any cut is noticed', async () => {
    const filePath = path.join(folder, 'damaged');
    await writeCheckpoint(filePath, checkpointAt(7));
    const whole = await readFile(filePath);
    for (let at = 0; at < whole.length; at += 7) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x40;
      await writeFile(filePath, flipped);
      await expect(readCheckpoint(filePath), `byte ${at}`).rejects.toMatchObject({ code: 'checkpoint-unreadable' });
    }
    for (const length of [0, 5, 16, 60, whole.length - 1, whole.length - 12, whole.length - 32]) {
      await writeFile(filePath, whole.subarray(0, length));
      await expect(readCheckpoint(filePath), `${length} bytes`).rejects.toMatchObject({
        code: 'checkpoint-unreadable',
      });
    }
  });

  test('a header that claims to be huge, a later format and a stranger are refused in words', async () => {
    const filePath = path.join(folder, 'strange');
    await writeCheckpoint(filePath, checkpointAt(7));
    const whole = await readFile(filePath);
    const huge = Buffer.from(whole);
    huge.writeUInt32LE(0xffffffff, 12);
    await writeFile(filePath, huge);
    await expect(readCheckpoint(filePath)).rejects.toThrow(/incomplete/);
    const later = Buffer.from(whole);
    later.writeUInt32LE(2, 8);
    await writeFile(filePath, later);
    await expect(readCheckpoint(filePath)).rejects.toThrow(/format 2/);
    await writeFile(filePath, Buffer.alloc(200, 'GGUF'));
    await expect(readCheckpoint(filePath)).rejects.toThrow(/not a saved state/);
  });

  test('a failed write leaves the old file and no neighbour', async () => {
    const filePath = path.join(folder, 'kept');
    await writeCheckpoint(filePath, checkpointAt(1));
    const unwritable = {
      ...checkpointAt(2),
      state: { ...checkpointAt(2).state, firstMoment: null as unknown as Float32Array },
    };
    await expect(writeCheckpoint(filePath, unwritable)).rejects.toThrow();
    expect((await readCheckpoint(filePath)).progress.update).toBe(1);
    expect(await readdir(folder)).not.toContain('kept.partial');
  });
});

describe('the checkpoint folder', () => {
  test('keeps the two newest, and forgets later ones after a roll-back', async () => {
    const own = path.join(folder, 'two');
    const checkpoints = checkpointFolder(own);
    expect(await checkpoints.isEmpty()).toBe(true);
    expect(await checkpoints.loadNewest()).toBeNull();
    for (const update of [0, 5, 10, 15]) await checkpoints.save(checkpointAt(update));
    expect((await readdir(own)).toSorted()).toEqual(['checkpoint-0000010.tune', 'checkpoint-0000015.tune']);
    await checkpoints.save(checkpointAt(10));
    expect(await readdir(own)).toEqual(['checkpoint-0000010.tune']);
    expect((await checkpoints.loadNewest())?.checkpoint.progress.update).toBe(10);
  });

  test('leaves files of others alone', async () => {
    const own = path.join(folder, 'others');
    const checkpoints = checkpointFolder(own);
    await checkpoints.save(checkpointAt(1));
    await writeFile(path.join(own, 'notes.txt'), 'mine');
    for (const update of [2, 3, 4]) await checkpoints.save(checkpointAt(update));
    expect(await readdir(own)).toContain('notes.txt');
  });
});
