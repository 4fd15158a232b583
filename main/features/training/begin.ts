import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { resumeChangesSchema, withChanges, type ResumeChanges } from '#common/domain/recipe.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import { canResume, trainedOf } from '#common/domain/run.ts';
import { datasetFile, runFolder } from '../../services/paths.ts';
import { rememberedSha256 } from '../../store/file-sha256.ts';
import { saveBase, type Base } from '../../store/bases.ts';
import { runDetail } from '../../store/run-queries.ts';
import { changeRun, createRun, recordFailure } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';
import { makeFolder } from '../../services/storage/make-folder.ts';
import { splitForTraining } from './prepare.ts';
import type { TrainingFiles } from './train.ts';

export interface BeginInput {
  readonly base: { readonly path: string; readonly name: string; readonly source: Base['source'] };
  readonly info: ModelInfo;
  readonly recipe: Recipe;
  readonly dataset: { readonly sha256: string; readonly path: string };
  readonly title: string;
  readonly engineBuild: string;
  readonly questions: readonly string[];
}

/** Writes a new run into the record and lays out its folder, ready to be trained. */
export async function beginRun(store: Store, input: BeginInput, signal?: AbortSignal): Promise<TrainingFiles> {
  const { base, info, recipe, dataset, title, engineBuild } = input;
  const sha256 = await rememberedSha256(store.db, base.path, signal === undefined ? {} : { signal });
  saveBase(store.db, { sha256, ...base, info }, store.now());
  const run = createRun(store, { title, base: sha256, dataset: dataset.sha256, recipe, engineBuild });
  try {
    changeRun(store, run, { type: 'prepare', at: store.now() });
    const folder = runFolder(store.layout, run);
    await makeFolder(folder);
    const files = filesOf(folder);
    const split = await splitForTraining(dataset.path, recipe, files, signal);
    // The run keeps its own copy, so that it can be resumed whatever becomes of the data set.
    if (split.heldOutPath === null) await copyFile(dataset.path, files.trainPath);
    writeJson(wishesFile(folder), { questions: input.questions, changes: {} });
    return {
      run,
      runFolder: folder,
      basePath: base.path,
      baseSha256: sha256,
      recipe,
      trainPath: files.trainPath,
      heldOutPath: split.heldOutPath ?? undefined,
      questions: input.questions,
      resume: false,
    };
  } catch (error) {
    recordFailure(store, run, error);
    throw error;
  }
}

/**
 * Takes up a run that was paused, interrupted, cancelled or failed, from then on with `changes`. Throws where there is
 * nothing to go on with.
 */
export async function reopenRun(
  store: Store,
  run: string,
  signal?: AbortSignal,
  changes: ResumeChanges = {},
): Promise<TrainingFiles> {
  const detail = runDetail(store.db, run);
  if (!canResume(detail.state) && trainedOf(detail.state) !== null) {
    throw new TunesmithError('bad-request', 'The training of this run is complete.', {
      advice: `Shrink it with "tunesmith shrink ${run}", or install it with "tunesmith install ${run} --name NAME".`,
    });
  }
  const folder = runFolder(store.layout, run);
  const files = filesOf(folder);
  const sha256 = await rememberedSha256(store.db, detail.base.path, signal === undefined ? {} : { signal });
  if (sha256 !== detail.base.sha256) {
    throw new TunesmithError('file-corrupt', `${detail.base.path} is not the base that this run began with.`, {
      advice: 'Put the same model file back, or start a new run.',
    });
  }
  changeRun(store, run, { type: 'resume', at: store.now() });
  try {
    await makeFolder(folder);
    const dataset = datasetFile(store.layout, detail.dataset.sha256);
    const split = await splitForTraining(dataset, detail.recipe, files, signal);
    if (split.heldOutPath === null) await copyFile(dataset, files.trainPath);
    const before = readJson(wishesFile(folder), wishesSchema) ?? { questions: [], changes: {} };
    const wishes = { ...before, changes: { ...before.changes, ...changes } };
    writeJson(wishesFile(folder), wishes);
    return {
      run,
      runFolder: folder,
      basePath: detail.base.path,
      baseSha256: sha256,
      recipe: withChanges(detail.recipe, wishes.changes),
      trainPath: files.trainPath,
      heldOutPath: split.heldOutPath ?? undefined,
      questions: wishes.questions,
      resume: true,
    };
  } catch (error) {
    recordFailure(store, run, error);
    throw error;
  }
}

/** What the record does not hold of a training: the person's questions, and how it computes since it was resumed. */
const wishesSchema = z.object({ questions: z.array(z.string()), changes: resumeChangesSchema });

function wishesFile(folder: string): string {
  return path.join(folder, 'training.json');
}

function filesOf(folder: string) {
  return { trainPath: path.join(folder, 'train.jsonl'), heldOutPath: path.join(folder, 'held-out.jsonl') };
}

/** The held-out examples of a run, for measuring what became of it. */
export function heldOutFile(store: Store, run: string): string {
  return filesOf(runFolder(store.layout, run)).heldOutPath;
}
