import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { RunDetail, RunSummary } from '#common/contract/app/runs.ts';
import type { Handlers } from '#common/contract/define.ts';
import { canResume } from '#common/domain/run.ts';
import { runFolder } from '../../services/paths.ts';
import { watchTopic } from '../../services/watch/topic.ts';
import { artifactFile } from '../../store/artifacts.ts';
import { deleteRun } from '../../store/delete-run.ts';
import { exportRun } from '../../store/export-run.ts';
import { samplesOf } from '../../store/figures.ts';
import { importRun, isImported, lookIntoRun } from '../../store/import-run.ts';
import { compareRuns, listRuns, runDetail } from '../../store/run-queries.ts';
import { renameRun } from '../../store/runs.ts';
import { baseTitles } from './base-titles.ts';
import type { Context } from './context.ts';
import { draftFromRun } from './draft-from-run.ts';
import { installedOf } from './installing.ts';

/** `secondsLeft` is known of the run that is being trained here. */
export function runHandlers(
  context: Context,
  secondsLeft: (run: string) => number | null,
): Handlers<AppContract['runs']> {
  const { store, layout, host, runsChanged, downloads, desktop, openedRuns } = context;
  const list = (): RunSummary[] => {
    const titleOf = baseTitles(context);
    return listRuns(store.db).map((run) => ({
      ...run,
      base: titleOf(run.base),
      installedAs: [...run.installedAs],
      canResume: canResume(run.state),
      etaSeconds: secondsLeft(run.id),
    }));
  };
  return {
    list: async () => list(),
    watch: (_input, signal) => watchTopic(runsChanged, list, signal, { leastMs: 500, pollMs: 2000 }),
    detail: async ({ run }) => detailOf(context, run),
    compare: async ({ a, b }) => {
      const { recipe, ...rest } = compareRuns(store.db, a, b);
      return { ...rest, recipe: recipe.map((each) => ({ knob: each.knob, a: shown(each.a), b: shown(each.b) })) };
    },
    rename: async ({ run, title }) => {
      renameRun(store, run, title);
      runsChanged.changed();
      return {};
    },
    repeat: async ({ run }) => ({ draft: await draftFromRun(context, run) }),
    export: async ({ run, to }, signal) => {
      const folder = path.join(layout.root, 'exports');
      await mkdir(folder, { recursive: true });
      const target = to ?? path.join(folder, `${nameOf(runDetail(store.db, run).title)}-${run}.tunesmith`);
      const exported = await exportRun(store, run, target, { host, signal });
      const token = randomUUID();
      if (desktop === undefined) downloads.set(token, exported.path);
      const download = desktop === undefined ? `/download/${token}/${path.basename(exported.path)}` : null;
      return { ...exported, entries: [...exported.entries], download };
    },
    import: async ({ path: file }, signal) => {
      const { id, ...imported } = await importRun(store, file, { signal });
      runsChanged.changed();
      return { run: id, ...imported };
    },
    look: async ({ path: file }) => lookIntoRun(store, file),
    opened: (_input, signal) => openedRuns.watch(signal),
    closeOpened: async ({ path: file }) => {
      openedRuns.close(file);
      return {};
    },
    size: async ({ run }) => ({ bytes: await sizeOf(runFolder(layout, run)) }),
    delete: async ({ run }) => {
      const deleted = await deleteRun(store, run);
      runsChanged.changed();
      const { freedBytes, keptFiles, stillInstalled } = deleted;
      return { freedBytes, keptFiles: [...keptFiles], stillInstalled: [...stillInstalled] };
    },
  };
}

function detailOf(context: Context, run: string): RunDetail {
  const { store, layout } = context;
  const detail = runDetail(store.db, run);
  const { base, dataset, figures, start: _start, comparisons: _comparisons, ...rest } = detail;
  const folder = runFolder(layout, run);
  return {
    ...rest,
    base: {
      title: baseTitles(context)(base.name),
      name: base.name,
      path: base.path,
      sha256: base.sha256,
      bytes: base.info.bytes,
      parameters: base.info.parameters,
      exists: existsSync(base.path),
    },
    dataset: {
      sha256: dataset.sha256,
      examples: dataset.examples,
      bytes: dataset.bytes,
      sources: dataset.sources.map(({ bytes: _bytes, ...source }) => source),
    },
    steps: thinned(
      figures.steps.map(({ update, loss }) => ({ update, loss })),
      500,
    ),
    evaluations: [...figures.evaluations],
    answers: [...figures.answers],
    notices: [...figures.notices],
    reports: [...detail.reports],
    artifacts: detail.artifacts.map((artifact) => {
      const file = artifactFile(folder, artifact);
      return { ...artifact, path: file, quant: artifact.quant ?? null, exists: existsSync(file) };
    }),
    installed: detail.installed.map(installedOf),
    samples: samplesOf(store.db, run, detail.state.progress?.trained?.keptUpdate ?? detail.state.progress?.update)
      .slice(0, 30)
      .map(({ update, prompt, answer, expected, passed }) => ({
        ...{ update, prompt, answer },
        ...(expected === undefined ? {} : { expected }),
        ...(passed === undefined ? {} : { passed }),
      })),
    imported: isImported(layout, run),
  };
}

/** Part of a file's name, whatever the title is. */
function nameOf(title: string): string {
  const name = title
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? 'run' : name;
}

/** At most `most` of them, evenly, the last one always. */
function thinned<T>(rows: readonly T[], most: number): T[] {
  if (rows.length <= most) return [...rows];
  const every = rows.length / most;
  return Array.from({ length: most }, (_, index) => rows[Math.ceil((index + 1) * every) - 1] as T);
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function sizeOf(place: string): Promise<number> {
  const stats = await stat(place).catch(() => undefined);
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.size;
  let bytes = 0;
  for (const name of await readdir(place)) bytes += await sizeOf(path.join(place, name));
  return bytes;
}
