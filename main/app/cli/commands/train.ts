/** `rehearse`, `train`, `resume` and `tune`: what leads to a tuned model. */
import path from 'node:path';
import { formatCheckSpec } from '#common/domain/check.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { TrainEventOf } from '#common/domain/train-event.ts';
import { beginRun, reopenRun } from '../../../features/training/begin.ts';
import { planTraining, rehearse, requireFit, splitForTraining, type Plan } from '../../../features/training/prepare.ts';
import type { TrainingFiles } from '../../../features/training/train.ts';
import { resolveBase, type BaseChoice } from '../../../features/models/resolve-base.ts';
import type { Imported } from '../../../features/importing/import-dataset.ts';
import { defaultQuant, parseQuant } from '../../../features/shrinking/shrink-run.ts';
import { trainingBytes } from '../../../services/catalogue/catalogue.ts';
import type { PresetName } from '../../../services/recipes/presets.ts';
import { makeFolder } from '../../../services/storage/make-folder.ts';
import { sizeInWords } from '../../../services/storage/free-space.ts';
import { runFolder } from '../../../services/paths.ts';
import { trainedOf } from '#common/domain/run.ts';
import { isImported } from '../../../store/import-run.ts';
import { runDetail } from '../../../store/run-queries.ts';
import { changeRun, resolveRunId, runState } from '../../../store/runs.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { recipeOverrides, type Given } from '../options.ts';
import { durationInWords } from '../status-line.ts';
import { weightsInWords } from '../weights-in-words.ts';
import { followTraining } from '../follow-training.ts';
import { readTuneOrder, writeTuneOrder, type TuneOrder } from '../tune-order.ts';
import type { Workplace } from '../workplace.ts';
import { importWithProgress, noteImport } from './import.ts';
import { checkInstallName, finishTuning } from './finish-tuning.ts';

export async function rehearseCommand(work: Workplace, files: readonly string[], given: Given): Promise<void> {
  const { output, signal } = work;
  const overrides = recipeOverrides(given);
  const base = await resolveBase(given['base'] ?? '', work, signal);
  await using imported = await importWithProgress(work, files, given, { examine: false });
  noteImport(output, imported.report);
  const plan = await plannedFor(work, base, imported, given, overrides);
  output.status.show('Rehearsing a few real steps …');
  const rehearsal = await rehearseOn(work, base, imported, plan);
  output.status.clear();
  await output.row(rehearsal);
  await output.line(rehearsal.fits ? 'It fits.' : 'It does not fit into the memory of this computer.');
  await output.line(`Memory: ${sizeInWords(rehearsal.peakBytes)}`);
  if (rehearsal.tokensPerSecond > 0) {
    await output.line(`Speed: ${Math.round(rehearsal.tokensPerSecond)} tokens a second on ${rehearsal.device}`);
    if (rehearsal.frozenWeights !== null) await output.line(weightsInWords(rehearsal.frozenWeights));
    await output.line(`The whole training would take about ${durationInWords(rehearsal.estimateSeconds)}.`);
  }
  if (rehearsal.advice !== '') await output.line(rehearsal.advice);
}

export async function trainCommand(work: Workplace, files: readonly string[], given: Given): Promise<ExitCode> {
  const started = await startTraining(work, files, given);
  return followTuning(work, started);
}

export async function tuneCommand(work: Workplace, files: readonly string[], given: Given): Promise<ExitCode> {
  const quant = given['quant'] === undefined ? undefined : parseQuant(given['quant']);
  const started = await startTraining(work, files, given, (plan) => ({
    folder: path.resolve(given['out'] ?? ''),
    quant: quant ?? defaultQuant(plan.info.parameters),
    install: given['install'],
    replace: given['replace'] !== undefined,
  }));
  return followTuning(work, started);
}

export async function resumeCommand(work: Workplace, runText: string): Promise<ExitCode> {
  const run = resolveRunId(work.store.db, runText);
  const state = runState(work.store.db, run);
  const trained = trainedOf(state);
  const order = await readTuneOrder(runFolder(work.layout, run));
  if (trained !== null && order !== undefined && state.phase !== 'done') {
    // Only what comes after the training is left to do.
    const { keptUpdate, reason } = trained;
    const update = state.progress?.update ?? keptUpdate;
    return finish(work, run, { type: 'done', update, outcome: 'finished', keptUpdate, reason });
  }
  const { check } = runDetail(work.store.db, run).recipe;
  if (check.kind === 'command' && isImported(work.layout, run)) {
    throw new TunesmithError(
      'check-not-allowed',
      `The program “${formatCheckSpec(check)}” came with an imported run.`,
      {
        advice: 'Look at it first, then train anew on your own examples with --check, or repeat the run in the window.',
      },
    );
  }
  const started = await reopenRun(work.store, run, work.signal);
  return followTuning(work, started);
}

async function followTuning(work: Workplace, started: TrainingFiles): Promise<ExitCode> {
  const done = await followTraining(work, started);
  if (done === undefined || done.outcome === 'paused') return exitCodes.paused;
  return finish(work, started.run, done);
}

/** After the training: what `tune` was asked for, where the run began with it. */
async function finish(work: Workplace, run: string, done: TrainEventOf<'done'>): Promise<ExitCode> {
  const { store, output } = work;
  const order = await readTuneOrder(runFolder(work.layout, run));
  if (order === undefined) changeRun(store, run, { type: 'finish', at: store.now() });
  else {
    await finishTuning(work, run, order).catch((error: unknown) => {
      const isDone = runState(store.db, run).phase === 'done';
      output.note(`The training is safe.${isDone ? '' : ` Go on with: tunesmith resume ${run}`}`);
      throw error;
    });
  }
  const shrink = `Shrink it with: tunesmith shrink ${run} --quant Q8_0`;
  await announce(work, run, done, order === undefined ? shrink : `Try it with: tunesmith compare ${run}`);
  return exitCodes.done;
}

async function announce(work: Workplace, run: string, done: TrainEventOf<'done'>, next: string): Promise<void> {
  await work.output.row({ ...done, run });
  await work.output.line(`Done. ${done.reason}`);
  await work.output.line(`The run is ${run}. ${next}`);
}

async function startTraining(
  work: Workplace,
  files: readonly string[],
  given: Given,
  orderFor?: (plan: Plan) => TuneOrder,
): Promise<TrainingFiles> {
  const { output, signal } = work;
  const overrides = recipeOverrides(given);
  const base = await resolveBase(given['base'] ?? '', work, signal);
  await using imported = await importWithProgress(work, files, given);
  noteImport(output, imported.report);
  const plan = await plannedFor(work, base, imported, given, overrides);
  if (plan.measurement.cut > 0) {
    output.warn(`${plan.measurement.cut} examples are longer than ${plan.recipe.maxTokens} tokens and lose their end.`);
  }
  if (isTight(plan)) {
    output.note('This base is large for this computer: a few steps are rehearsed first.');
    requireFit(await rehearseOn(work, base, imported, plan));
  }
  const order = orderFor?.(plan);
  // Better to hear it now than after the training.
  if (order !== undefined) {
    await makeFolder(order.folder);
    await checkInstallName(work, order);
  }
  const dataset = await imported.adopt(work.store);
  const names = files.map((file) => path.basename(file)).join(', ');
  const started = await beginRun(
    work.store,
    {
      base,
      info: plan.info,
      recipe: plan.recipe,
      dataset,
      title: `${names} on ${path.basename(base.name)}`.slice(0, 200),
      engineBuild: work.engineBuild,
      questions: questionsOf(given),
    },
    signal,
  );
  if (order !== undefined) await writeTuneOrder(started.runFolder, order);
  return started;
}

function plannedFor(
  work: Workplace,
  base: BaseChoice,
  imported: Imported,
  given: Given,
  overrides: ReturnType<typeof recipeOverrides>,
): Promise<Plan> {
  const preset = (given['preset'] ?? 'balanced') as PresetName;
  return planTraining(work.engine, { basePath: base.path, datasetPath: imported.path, preset, overrides }, work.signal);
}

async function rehearseOn(work: Workplace, base: BaseChoice, imported: Imported, { recipe }: Plan) {
  const { layout, signal } = work;
  const stem = path.join(layout.tmp, path.basename(imported.path, '.jsonl'));
  const files = { trainPath: `${stem}.train.jsonl`, heldOutPath: `${stem}.held-out.jsonl` };
  await using _cleanUp = {
    [Symbol.asyncDispose]: async () => {
      const { rm } = await import('node:fs/promises');
      for (const file of Object.values(files)) await rm(file, { force: true });
    },
  };
  const { trainPath, heldOutPath } = await splitForTraining(imported.path, recipe, files, signal);
  const input = { basePath: base.path, recipe, trainPath, ...(heldOutPath === null ? {} : { heldOutPath }) };
  return await rehearse(work.engine, input, signal);
}

/** Small bases certainly fit; for others the rehearsal's seconds are well spent. */
function isTight({ info }: Plan): boolean {
  return trainingBytes(info.bytes) > process.availableMemory() / 2;
}

function questionsOf(given: Given): readonly string[] {
  const questions = given['question'] as unknown as readonly string[] | undefined;
  return questions ?? [];
}
