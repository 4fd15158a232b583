import type { Artifact } from '#common/domain/artifact.ts';
import type { ModelInfo } from '#common/domain/model-info.ts';
import type { CheckSpec, Recipe } from '#common/domain/recipe.ts';
import { advance } from '#common/domain/run-advance.ts';
import { isActive, type RunState } from '#common/domain/run.ts';
import type { TrainEventOf } from '#common/domain/train-event.ts';
import type { Db } from './database.ts';
import { recipeHash } from './recipes.ts';
import { runDetail, type RunDetail } from './run-queries.ts';

/** `run.json`: recipe, hashes and figures of a run. Holds no absolute path, so it can be given away. */
export interface RunDocument {
  readonly format: 'tunesmith-run';
  readonly version: 1;
  readonly id: string;
  readonly title: string;
  readonly phase: string;
  /** Where the run stands; one that was at work is told as interrupted. */
  readonly state: RunState;
  /** Facts of the start of its training; null before. */
  readonly start: TrainEventOf<'start'> | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly engineBuild: string;
  readonly seed: number;
  readonly recipe: Recipe;
  readonly recipeSha256: string;
  readonly base: {
    readonly name: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly architecture: string;
    readonly parameters: number;
    readonly fileType: string;
    readonly info: Omit<ModelInfo, 'path'>;
  };
  readonly dataset: {
    readonly sha256: string;
    readonly examples: number;
    readonly sources: readonly {
      readonly name: string;
      readonly sha256: string;
      readonly bytes: number;
      readonly examples: number;
      readonly rejected: number;
    }[];
  };
  readonly device: string | null;
  readonly kept: { readonly update: number; readonly reason: string } | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly figures: {
    readonly steps: readonly object[];
    readonly evaluations: readonly object[];
    readonly answers: readonly object[];
    readonly notices: readonly object[];
    readonly reports: readonly object[];
  };
  readonly artifacts: readonly Artifact[];
  readonly installed: readonly { readonly name: string; readonly sha256: string; readonly installedAt: string }[];
}

/**
 * The document of a run.
 *
 * @param privatePaths folders (the data folder, the home folder) whose paths are cut out of messages
 */
export function runDocument(db: Db, id: string, privatePaths: readonly string[]): RunDocument {
  const run = runDetail(db, id);
  const clean = (text: string): string => withoutPaths(text, privatePaths);
  const state = cleaned(run.state, run.updatedAt, clean);
  const trained = state.progress?.trained;
  const recipe = { ...run.recipe, check: portableCheck(run.recipe.check) };
  const { path: _path, ...info } = run.base.info;
  return {
    format: 'tunesmith-run',
    version: 1,
    id,
    title: clean(run.title),
    phase: state.phase,
    state,
    start: run.start,
    createdAt: new Date(run.createdAt).toISOString(),
    updatedAt: new Date(run.updatedAt).toISOString(),
    engineBuild: run.engineBuild,
    seed: run.seed,
    recipe,
    recipeSha256: recipeHash(recipe),
    base: {
      name: fileName(run.base.name),
      sha256: run.base.sha256,
      bytes: run.base.info.bytes,
      architecture: run.base.info.architecture,
      parameters: run.base.info.parameters,
      fileType: run.base.info.fileType,
      info,
    },
    dataset: {
      sha256: run.dataset.sha256,
      examples: run.dataset.examples,
      sources: run.dataset.sources.map(({ path, sha256, bytes, examples, rejected }) => ({
        name: fileName(path),
        sha256,
        bytes,
        examples,
        rejected,
      })),
    },
    device: run.start?.device ?? null,
    kept: trained === undefined || trained === null ? null : { update: trained.keptUpdate, reason: trained.reason },
    failure: failureOf(run, clean),
    figures: {
      ...run.figures,
      notices: run.figures.notices.map((notice) => ({ ...notice, message: clean(notice.message) })),
      reports: run.reports,
    },
    // An adapter in the run's folder and its copy elsewhere are one.
    artifacts: [
      ...new Map(run.artifacts.map((each) => [fileName(each.path), { ...each, path: fileName(each.path) }])).values(),
    ],
    installed: run.installed.map(({ name, sha256, installedAt }) => ({
      name,
      sha256,
      installedAt: new Date(installedAt).toISOString(),
    })),
  };
}

/** Last part of a path of any system: what one machine recorded may be read on another. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

/** A check by a program names it and its arguments by their paths on this machine. */
function portableCheck(check: CheckSpec): CheckSpec {
  if (check.kind !== 'command') return check;
  const short = (text: string): string => (/^(?:[\\/]|[a-z]:[\\/])/i.test(text) ? fileName(text) : text);
  return { kind: 'command', program: short(check.program), args: check.args.map(short) };
}

/** Texts and paths without what is private; a checkpoint does not travel. */
function cleaned(state: RunState, at: number, clean: (text: string) => string): RunState {
  const resting = isActive(state) ? advance(state, { type: 'interrupt', at }) : state;
  const { progress } = resting;
  if (progress === null) return resting;
  const { trained } = progress;
  const kept =
    trained === null
      ? null
      : {
          ...trained,
          reason: clean(trained.reason),
          adapter: { ...trained.adapter, path: fileName(trained.adapter.path) },
        };
  const next = { ...resting, progress: { ...progress, checkpoint: null, trained: kept } } as RunState;
  if (next.phase !== 'failed') return next;
  const { message, advice } = next.failure;
  const words = { message: clean(message), ...(advice === undefined ? {} : { advice: clean(advice) }) };
  return { ...next, failure: { ...next.failure, ...words } };
}

function failureOf({ state }: RunDetail, clean: (text: string) => string): RunDocument['failure'] {
  return state.phase === 'failed' ? { code: state.failure.code, message: clean(state.failure.message) } : null;
}

function withoutPaths(text: string, folders: readonly string[]): string {
  // The longest first: the data folder usually lies in the home folder.
  return folders
    .filter((folder) => folder.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, folder) => rest.replaceAll(folder, '…'), text);
}
