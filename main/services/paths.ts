import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { isRunId } from '#common/domain/run-id.ts';
import { dataFolder } from '#common/platform/folders.ts';
import { currentHost, type Host } from '#common/platform/host.ts';
import { writeError } from './storage/write-error.ts';

/** Where everything lies in the app's data folder. All absolute. */
export interface DataLayout {
  readonly root: string;
  /** The record: SQLite. */
  readonly database: string;
  /** One folder per run, named by its id. */
  readonly runs: string;
  /** One file per data set, named by its hash. */
  readonly datasets: string;
  /** Downloaded bases. */
  readonly models: string;
  /** Unfinished files: what is ready is moved to its place. */
  readonly tmp: string;
}

export function layoutOf(root: string): DataLayout {
  return {
    root,
    database: path.join(root, 'tunesmith.sqlite'),
    runs: path.join(root, 'runs'),
    datasets: path.join(root, 'datasets'),
    models: path.join(root, 'models'),
    tmp: path.join(root, 'tmp'),
  };
}

/**
 * The data folder of this person, made where it is missing and found to be writable.
 * Throws `file-not-writable` or `disk-full` in words.
 */
export function openDataFolder(host: Host = currentHost()): DataLayout {
  const layout = layoutOf(path.resolve(dataFolder(host)));
  for (const folder of [layout.root, layout.runs, layout.datasets, layout.models, layout.tmp]) {
    try {
      // Examples can be private: other users of the machine have no business here.
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw writeError(error, folder);
    }
    if (!statSync(folder).isDirectory()) {
      throw new TunesmithError('file-not-writable', `${folder} is not a folder.`, {
        advice: 'Move that file away, or choose another place with TUNESMITH_HOME.',
      });
    }
  }
  return layout;
}

/** Where parts lie that were added to the app; made by whoever adds one. */
export function additionsFolder({ root }: DataLayout): string {
  return path.join(root, 'additions');
}

/** The folder of a run (not made here). The id is checked: it becomes part of a path that may be deleted. */
export function runFolder(layout: DataLayout, runId: string): string {
  if (!isRunId(runId)) throw new TunesmithError('bad-request', `"${runId}" is not the id of a run.`);
  return path.join(layout.runs, runId);
}

/** The file of a data set: one JSON `Example` a line. */
export function datasetFile(layout: DataLayout, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TunesmithError('internal', `"${sha256}" is not a SHA-256.`);
  return path.join(layout.datasets, `${sha256}.jsonl`);
}
