import type { RunDetail, RunSummary } from '../../store/run-queries.ts';

/** A run as one row, for lists. Dates as ISO texts. */
export function runRow(run: RunSummary) {
  const { progress } = run.state;
  return {
    id: run.id,
    title: run.title,
    phase: run.state.phase,
    base: run.base,
    preset: run.preset,
    examples: run.examples,
    createdAt: new Date(run.createdAt).toISOString(),
    update: progress?.update ?? 0,
    totalUpdates: progress?.totalUpdates ?? null,
    loss: run.loss,
    heldOutLoss: run.heldOutLoss,
    passed: run.answers?.passed ?? null,
    of: run.answers?.of ?? null,
    artifactBytes: run.artifactBytes,
    installedAs: run.installedAs,
  };
}
export type RunRow = ReturnType<typeof runRow>;

/** Everything the record knows of one run, in rows that name their kind. */
export function* runRows(detail: RunDetail): Generator<{ readonly type: string } & Record<string, unknown>> {
  const { figures } = detail;
  yield {
    type: 'run',
    id: detail.id,
    title: detail.title,
    ...phaseFacts(detail),
    createdAt: new Date(detail.createdAt).toISOString(),
    engineBuild: detail.engineBuild,
    seed: detail.seed,
    base: { name: detail.base.name, path: detail.base.path, sha256: detail.base.sha256 },
    dataset: { sha256: detail.dataset.sha256, examples: detail.dataset.examples },
    recipe: detail.recipe,
  };
  for (const step of figures.steps) yield { type: 'step', ...step };
  for (const evaluation of figures.evaluations) yield { type: 'evaluation', ...evaluation };
  for (const answers of figures.answers) yield { type: 'answers', ...answers };
  for (const notice of figures.notices) yield { type: 'notice', ...notice };
  for (const report of detail.reports) yield { type: 'report', ...report };
  for (const artifact of detail.artifacts) yield { type: 'artifact', ...artifact };
  for (const model of detail.installed) yield { type: 'installed', ...model };
}

function phaseFacts({ state }: RunDetail) {
  const { phase, progress } = state;
  return { phase, progress, ...(state.phase === 'failed' ? { failure: state.failure } : {}) };
}
