/** `shrink`, `install`, `compare`, `runs`, `export` and `import-run`: what is done with runs that are there. */
import path from 'node:path';
import { compareRun } from '../../../features/comparing/compare-run.ts';
import { modelCard, writeModelfile } from '../../../features/installing/model-card.ts';
import { runRow, runRows } from '../../../features/runs/show-runs.ts';
import { defaultQuant, parseQuant, type MadeFile } from '../../../features/shrinking/shrink-run.ts';
import { heldOutFile } from '../../../features/training/begin.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { runFolder } from '../../../services/paths.ts';
import { readPrompts, type Prompt } from '../../../services/prompts/read-prompts.ts';
import { sizeInWords } from '../../../services/storage/free-space.ts';
import { artifactFile, artifactsOf } from '../../../store/artifacts.ts';
import { deleteRun } from '../../../store/delete-run.ts';
import { exportRun } from '../../../store/export-run.ts';
import { importRun } from '../../../store/import-run.ts';
import { listRuns, runDetail } from '../../../store/run-queries.ts';
import { resolveRunId } from '../../../store/runs.ts';
import { visible } from '../mask.ts';
import { checkOf, positiveNumber, wholeNumber, type Given } from '../options.ts';
import { bar } from '../status-line.ts';
import { table } from '../table.ts';
import type { Workplace } from '../workplace.ts';
import { installAndTell, measureModel, shrinkAndTell } from './finish-tuning.ts';

export async function shrinkCommand(work: Workplace, runText: string, given: Given): Promise<void> {
  const check = checkOf(given);
  const quant = parseQuant(given['quant'] ?? '');
  const run = resolveRunId(work.store.db, runText);
  const folder = given['out'] === undefined ? undefined : path.resolve(given['out']);
  const made = await shrinkAndTell(work, run, quant, folder);
  if (check !== undefined) await measureModel(work, run, made, check);
  await work.output.row({ type: 'done', run, outcome: 'finished', reason: `Shrunk to ${quant}.` });
}

export async function installCommand(work: Workplace, runText: string, given: Given): Promise<void> {
  const { store, output } = work;
  const run = resolveRunId(store.db, runText);
  const quant = given['quant'] === undefined ? undefined : parseQuant(given['quant']);
  const detail = runDetail(store.db, run);
  const model =
    madeModel(work, run, quant) ??
    (await shrinkAndTell(work, run, quant ?? defaultQuant(detail.base.info.parameters), undefined));
  const card = await modelCard(work.engine, model.path, work.signal);
  const written = await writeModelfile(store, run, model.path, card);
  await output.row({ type: 'artifact', ...written });
  await installAndTell(work, run, model, card, { name: given['name'] ?? '', replace: given['replace'] !== undefined });
  await output.row({ type: 'done', run, outcome: 'finished', reason: `Installed as ${given['name'] ?? ''}.` });
}

/** The newest model file of a run that is still there. */
function madeModel({ store }: Workplace, run: string, quant: string | undefined): MadeFile | undefined {
  const folder = runFolder(store.layout, run);
  const found = artifactsOf(store.db, run).findLast(
    (each) => (each.kind === 'quantized' || each.kind === 'merged') && (quant === undefined || each.quant === quant),
  );
  if (found === undefined) return undefined;
  const { kind, bytes, sha256 } = found;
  const made = { kind, bytes, sha256, path: artifactFile(folder, found) };
  return found.quant === undefined ? made : { ...made, quant: found.quant };
}

const defaultQuestions = 12;

export async function compareCommand(work: Workplace, runText: string, given: Given): Promise<void> {
  const { output, store, signal } = work;
  const run = resolveRunId(store.db, runText);
  const check = checkOf(given);
  const detail = runDetail(store.db, run);
  const limit = given['limit'] === undefined ? undefined : wholeNumber('limit', given['limit'], 1);
  const isOwn = given['prompts'] === undefined;
  const questions = limited(
    readPrompts(given['prompts'] ?? heldOutFile(store, run)),
    limit ?? (isOwn ? defaultQuestions : Infinity),
  );
  const options = {
    maxTokens: wholeNumber('max-tokens', given['maxTokens'], detail.recipe.maxAnswerTokens),
    temperature: positiveNumber('temperature', given['temperature'], 0),
  };
  const counts = { rows: 0, base: 0, tuned: 0 };
  const deps = { engine: work.engine, chat: work.chat };
  for await (const row of compareRun(store, deps, { run, questions, options, check }, signal)) {
    counts.rows += 1;
    counts.base += Number(row.basePassed ?? false);
    counts.tuned += Number(row.tunedPassed ?? false);
    await output.row(row);
    const { bold, dim, green } = output.colors;
    await output.line(bold(visible(row.prompt)));
    await output.line(`${dim('before')} ${visible(row.base)}`);
    await output.line(`${green('after ')} ${visible(row.tuned)}`);
    await output.line();
  }
  if (check !== undefined) await output.line(`Right: ${counts.base} of ${counts.rows} before, ${counts.tuned} after.`);
}

async function* limited(prompts: AsyncIterable<Prompt>, limit: number): AsyncGenerator<Prompt> {
  let count = 0;
  try {
    for await (const prompt of prompts) {
      if (count >= limit) return;
      count += 1;
      yield prompt;
    }
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== 'file-not-found') throw error;
    throw new TunesmithError(error.code, 'This run held no examples back that could be asked.', {
      advice: 'Give questions of your own with --prompts FILE.',
      cause: error,
    });
  }
}

export async function runsCommand(work: Workplace, runText: string | undefined): Promise<void> {
  const { output, store } = work;
  if (runText !== undefined) return showRun(work, resolveRunId(store.db, runText));
  const rows = listRuns(store.db).map(runRow);
  for (const row of rows) await output.row(row);
  if (rows.length === 0) {
    await output.line('There are no runs yet. Begin with: tunesmith tune FILES --base BASE --out DIR');
    return;
  }
  const cells = rows.map((row) => [
    row.id,
    row.phase,
    row.totalUpdates === null ? '' : `${row.update}/${row.totalUpdates}`,
    row.heldOutLoss === null ? '' : row.heldOutLoss.toFixed(3),
    row.of === null ? '' : `${row.passed ?? 0}/${row.of}`,
    visible(row.title),
  ]);
  const lines = table([['RUN', 'PHASE', 'UPDATES', 'HELD-OUT', 'RIGHT', 'TITLE'], ...cells], [2, 3, 4]);
  for (const line of lines) await output.line(line);
}

async function showRun({ output, store }: Workplace, run: string): Promise<void> {
  const detail = runDetail(store.db, run);
  for (const row of runRows(detail)) await output.row(row);
  const { figures, state, recipe } = detail;
  const last = figures.steps.at(-1);
  const facts = [
    ['Run', run],
    ['Title', visible(detail.title)],
    ['Phase', state.phase],
    ['Base', detail.base.name],
    ['Examples', String(detail.dataset.examples)],
    [
      'Recipe',
      `${recipe.preset}: rank ${recipe.rank}, rate ${recipe.learningRate}, ${recipe.epochs} epochs, seed ${recipe.seed}`,
    ],
    ['Updates', `${state.progress?.update ?? 0} of ${state.progress?.totalUpdates ?? '?'}`],
    ['Loss', last === undefined ? '' : last.loss.toFixed(3)],
    ['Kept', state.progress?.trained?.reason ?? ''],
  ];
  if (state.phase === 'failed') facts.push(['Failed', state.failure.message]);
  for (const line of table(facts)) await output.line(line);
  for (const { update, heldOutLoss, tokenAccuracy } of figures.evaluations) {
    const answers = figures.answers.find((each) => each.update === update);
    const right = answers === undefined ? '' : `, ${answers.passed} of ${answers.of} right`;
    await output.line(
      `  update ${update}: held-out loss ${heldOutLoss.toFixed(3)}, accuracy ${(tokenAccuracy * 100).toFixed(1)} %${right}`,
    );
  }
  for (const each of detail.artifacts) {
    await output.line(`  ${artifactFile(runFolder(store.layout, run), each)} (${sizeInWords(each.bytes)})`);
  }
  for (const { name } of detail.installed) await output.line(`  installed as ${name}`);
}

export async function deleteCommand(work: Workplace, runText: string): Promise<void> {
  const { output, store } = work;
  const run = resolveRunId(store.db, runText);
  const deleted = await deleteRun(store, run);
  await output.row({ type: 'deleted', run, ...deleted });
  await output.line(`Run ${run} is deleted; ${sizeInWords(deleted.freedBytes)} are free again.`);
  for (const file of deleted.keptFiles) await output.line(`  kept: ${file}`);
  for (const name of deleted.stillInstalled) await output.line(`  still in Ollama: ${name}`);
}

export async function exportCommand(work: Workplace, runText: string, given: Given): Promise<void> {
  const { output, store, host, signal } = work;
  const run = resolveRunId(store.db, runText);
  const exported = await exportRun(store, run, path.resolve(given['to'] ?? ''), {
    host,
    signal,
    onProgress: ({ completed, total }) => output.status.show(`${bar(completed / Math.max(1, total))} exporting`),
  });
  output.status.clear();
  await output.row({ type: 'exported', run, ...exported });
  await output.line(`Run ${run} is exported to ${path.resolve(given['to'] ?? '')}.`);
}

export async function importRunCommand(work: Workplace, file: string): Promise<void> {
  const { output, store, signal } = work;
  const { id, ...imported } = await importRun(store, path.resolve(file), {
    signal,
    onProgress: ({ completed, total }) => output.status.show(`${bar(completed / Math.max(1, total))} importing`),
  });
  output.status.clear();
  await output.row({ type: 'imported', run: id, ...imported });
  await output.line(`Run ${id} (${visible(imported.title)}) is in the record.`);
  if (!imported.hasBase) await output.line('Its base model is not on this computer: chat and compare need it.');
  if (imported.checkProgram) await output.line('Its answers were judged by a program. It is not run from here.');
}
