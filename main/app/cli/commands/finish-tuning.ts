/** Shrinking and installing: what follows a training. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { exampleSchema, type Message } from '#common/domain/example.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { evaluate } from '../../../features/evaluating/evaluate.ts';
import { installRun } from '../../../features/installing/install-run.ts';
import {
  modelCard,
  writeModelfile,
  writeRunDocument,
  type ModelCard,
} from '../../../features/installing/model-card.ts';
import { copyAdapter, shrinkRun, type MadeFile } from '../../../features/shrinking/shrink-run.ts';
import { heldOutFile } from '../../../features/training/begin.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { listModels } from '../../../services/ollama/models.ts';
import { fullModelName, isSameModelName } from '../../../services/ollama/names.ts';
import { detectOllama, handInstallAdvice, requireOllama } from '../../../services/ollama/detect.ts';
import { sizeInWords } from '../../../services/storage/free-space.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import { trainedOf } from '#common/domain/run.ts';
import { saveReport } from '../../../store/figures.ts';
import { runDetail } from '../../../store/run-queries.ts';
import { bar } from '../status-line.ts';
import type { TuneOrder } from '../tune-order.ts';
import type { Workplace } from '../workplace.ts';

/** Everything `tune` leaves in its folder, and the installation where it was asked for. */
export async function finishTuning(work: Workplace, run: string, order: TuneOrder): Promise<void> {
  const { store } = work;
  await tell(work, await copyAdapter(store, run, order.folder));
  const model = await shrinkAndTell(work, run, order.quant, order.folder);
  const card = await modelCard(work.engine, model.path, work.signal);
  await tell(work, await writeModelfile(store, run, model.path, card));
  try {
    if (order.install !== undefined) {
      await installAndTell(work, run, model, card, { name: order.install, replace: order.replace });
    }
  } finally {
    // Last, so that it holds everything that was made; and even where the installation did not work.
    await tell(work, await writeRunDocument(store, run, order.folder, [work.layout.root, work.host.home]));
  }
}

/** Hears now, not after the training, what will stand in the way of installing. */
export async function checkInstallName(work: Workplace, { install, replace, folder }: TuneOrder): Promise<void> {
  if (install === undefined) return;
  const { output, signal, host } = work;
  const name = fullModelName(install);
  const status = await detectOllama({ host, signal });
  if (status.state !== 'running') {
    output.warn('The model cannot be installed as things are; it will be made all the same.');
    output.note(handInstallAdvice(status, folder, install));
    return;
  }
  const taken = (await listModels(status.server, signal)).some((model) => isSameModelName(model.name, name));
  if (!taken || replace) return;
  throw new TunesmithError('ollama-refused', `There is a model called "${name}" in Ollama already.`, {
    advice: 'Choose another name, or add --replace.',
  });
}

export async function shrinkAndTell(
  work: Workplace,
  run: string,
  quant: QuantType,
  folder: string | undefined,
): Promise<MadeFile> {
  const { output } = work;
  let made: MadeFile | undefined;
  for await (const event of shrinkRun(work.store, work.engine, { run, quant, folder }, work.signal)) {
    if (event.type === 'artifact') made = event;
    else output.status.show(`${bar(event.completed / Math.max(1, event.total))} writing the ${quant} model`);
  }
  output.status.clear();
  await tell(work, made as MadeFile);
  return made as MadeFile;
}

export async function installAndTell(
  work: Workplace,
  run: string,
  model: MadeFile,
  card: ModelCard,
  { name, replace }: { readonly name: string; readonly replace: boolean },
): Promise<void> {
  const { output, store, signal } = work;
  const status = await detectOllama({ host: work.host, signal });
  if (status.state !== 'running') output.note(handInstallAdvice(status, path.dirname(model.path), name));
  const server = requireOllama(status);
  const { installed, parity } = await installRun(
    store,
    work.engine,
    {
      run,
      server,
      name,
      model,
      card,
      overwrite: replace,
      questions: await parityQuestions(work, run),
      onProgress: ({ stage, completed, total }) =>
        output.status.show(`${bar(completed / Math.max(1, total))} ${stage} in Ollama`),
    },
    signal,
  );
  output.status.clear();
  await output.row({ type: 'installed', run, server: server.address, ...installed });
  await output.line(`Installed as ${installed.name}. Chat with it: ollama run ${installed.name}`);
  if (parity === undefined) return;
  await output.row({ type: 'parity', run, ...parity });
  await output.line(`Check against Ollama ${parity.ollamaVersion}: ${parity.words}`);
}

/** How a made model does on the run's held-out examples; kept in the record. */
export async function measureModel(work: Workplace, run: string, model: MadeFile, check: CheckSpec): Promise<void> {
  const { output, store, signal } = work;
  const { recipe, state } = runDetail(store.db, run);
  const datasetPath = heldOutFile(store, run);
  const input = {
    basePath: model.path,
    datasetPath,
    maxTokens: recipe.maxTokens,
    answers: true,
    check,
    maxAnswerTokens: recipe.maxAnswerTokens,
    threads: recipe.threads,
  };
  for await (const event of evaluate(work.engine, input, signal)) {
    if (event.type === 'progress')
      output.status.show(`${bar(event.completed / event.total)} trying the held-out examples`);
    if (event.type !== 'report') continue;
    output.status.clear();
    const { report } = event;
    saveReport(store.db, run, { subject: model.quant ?? model.kind, ...report }, store.now());
    const { passed = 0, of = 0, stopped = 0 } = report;
    const update = trainedOf(state)?.keptUpdate ?? 0;
    await output.row({
      type: 'evaluation',
      update,
      heldOutLoss: report.loss,
      tokenAccuracy: report.tokenAccuracy,
      learnedTokens: report.learnedTokens,
      quant: model.quant,
      run,
    });
    await output.row({ type: 'answers', update, passed, of, stopped, quant: model.quant, run });
    await output.line(
      `${passed} of ${of} held-out answers right, ${stopped} ended by themselves; loss ${report.loss.toFixed(3)}.`,
    );
  }
}

async function tell({ output }: Workplace, { kind, path: file, bytes, sha256, ...rest }: MadeFile): Promise<void> {
  await output.row({ type: 'artifact', kind, path: file, bytes, sha256, ...rest });
  await output.line(`${file} (${sizeInWords(bytes)})`);
}

/** Three questions of the run's own data: held-out ones where there are any. */
async function parityQuestions(work: Workplace, run: string): Promise<readonly (readonly Message[])[]> {
  const heldOut = heldOutFile(work.store, run);
  const file = await readFile(heldOut).then(
    () => heldOut,
    () => path.join(path.dirname(heldOut), 'train.jsonl'),
  );
  const questions: (readonly Message[])[] = [];
  for await (const line of linesOf(file)) {
    const { messages } = exampleSchema.parse(JSON.parse(line));
    const at = messages.findLastIndex(({ role }) => role === 'assistant');
    if (at > 0) questions.push(messages.slice(0, at));
    if (questions.length === 3) break;
  }
  return questions;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const { createInterface } = await import('node:readline');
  const stream = createReadStream(file, { encoding: 'utf8' });
  try {
    for await (const line of createInterface({ input: stream })) if (line !== '') yield line;
  } finally {
    stream.destroy();
  }
}
