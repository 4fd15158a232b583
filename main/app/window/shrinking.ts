import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { Report, ShrinkChoice, ShrinkState } from '#common/contract/app/shrinking.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { trainedOf } from '#common/domain/run.ts';
import { evaluate } from '../../features/evaluating/evaluate.ts';
import { modelCard, writeModelfile } from '../../features/installing/model-card.ts';
import { adapterOf, defaultQuant, estimateBytes, shrinkRun } from '../../features/shrinking/shrink-run.ts';
import { heldOutFile } from '../../features/training/begin.ts';
import { runFolder } from '../../services/paths.ts';
import { writeError } from '../../services/storage/write-error.ts';
import { watchTopic } from '../../services/watch/topic.ts';
import { artifactFile } from '../../store/artifacts.ts';
import { saveReport } from '../../store/figures.ts';
import { runDetail, type RunDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { BackgroundWork } from './work.ts';

/** Sizes that are offered, largest first. */
const offered = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'] as const satisfies readonly QuantType[];

type Going = Pick<ShrinkState, 'work' | 'waiting'>;
export type Shrinking = { readonly handlers: Handlers<AppContract['shrinking']>; readonly work: BackgroundWork<Going> };

export function openShrinking(context: Context): Shrinking {
  const { store, workEngine, runsChanged } = context;
  const work = new BackgroundWork<Going>();

  /** Loss and answers of a version of the model on the held-out examples; kept in the record. */
  async function measure(
    run: string,
    subject: string,
    model: { readonly basePath: string; readonly adapterPath?: string },
    tell: (stage: string, completed: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { recipe } = runDetail(store.db, run);
    const { maxTokens, check, maxAnswerTokens, threads, chatTemplate } = recipe;
    const input = {
      ...model,
      chatTemplate: model.adapterPath === undefined ? undefined : chatTemplate,
      maxTokens,
      check,
    };
    const datasetPath = heldOutFile(store, run);
    for await (const event of evaluate(
      workEngine,
      { ...input, datasetPath, answers: true, maxAnswerTokens, threads },
      signal,
    )) {
      if (event.type === 'progress') tell(event.stage, event.completed, event.total);
      if (event.type === 'report') saveReport(store.db, run, { subject, ...event.report }, store.now());
    }
  }

  const handlers: Handlers<AppContract['shrinking']> = {
    start: async ({ run, quants, measure: wanted }) => {
      const detail = runDetail(store.db, run);
      const adapterPath = adapterOf(store, detail);
      const canMeasure = wanted && existsSync(heldOutFile(store, run));
      const [first] = quants as [QuantType, ...QuantType[]];
      const stageOf = (
        quant: QuantType,
        doing: 'making' | 'measuring',
        stage = '',
        completed = 0,
        total = 0,
      ): Going => ({
        work: { quant, doing, stage, completed, total },
        waiting: quants.slice(quants.indexOf(quant) + 1),
      });
      work.start(run, stageOf(first, 'making'), async (tell, signal) => {
        if (canMeasure && detail.reports.every(({ subject }) => subject !== 'adapter')) {
          const whole = { basePath: detail.base.path, adapterPath };
          await measure(run, 'adapter', whole, (...at) => tell(stageOf(first, 'measuring', ...at)), signal);
        }
        for (const quant of quants) {
          let file = madeFile(context, runDetail(store.db, run), quant)?.path;
          if (file === undefined) {
            for await (const event of shrinkRun(store, workEngine, { run, quant }, signal)) {
              if (event.type === 'artifact') file = event.path;
              else tell(stageOf(quant, 'making', event.stage, event.completed, event.total));
            }
            runsChanged.changed();
          }
          if (
            canMeasure &&
            file !== undefined &&
            runDetail(store.db, run).reports.every(({ subject }) => subject !== quant)
          ) {
            await measure(run, quant, { basePath: file }, (...at) => tell(stageOf(quant, 'measuring', ...at)), signal);
          }
        }
      });
      return {};
    },
    cancel: async ({ run }) => {
      await work.cancel(run);
      return {};
    },
    watch: ({ run }, signal) => watchTopic(work.topic, () => stateOf(context, work, run), signal),
    saveAs: async ({ run, quant, folder }, signal) => {
      const made = madeFile(context, runDetail(store.db, run), quant);
      if (made === undefined) throw new TunesmithError('bad-request', `The ${quant} model is not made yet.`);
      if (!path.isAbsolute(folder)) throw new TunesmithError('bad-request', `${folder} is not a whole path.`);
      const target = path.join(folder, path.basename(made.path));
      try {
        await mkdir(folder, { recursive: true });
        await copyFile(made.path, target);
      } catch (error) {
        throw writeError(error, target);
      }
      const card = await modelCard(context.engine, target, signal);
      const { path: modelfile } = await writeModelfile(store, run, target, card);
      return { path: target, modelfile };
    },
  };
  return { handlers, work };
}

function stateOf(context: Context, work: BackgroundWork<Going>, run: string): ShrinkState {
  const detail = runDetail(context.store.db, run);
  const reports = new Map(detail.reports.map((report) => [report.subject, report as Report]));
  const quants = [
    ...new Set<QuantType>([
      ...offered,
      ...detail.artifacts.flatMap(({ quant }) => (quant === undefined ? [] : [quant as QuantType])),
    ]),
  ];
  const choices = quants.map((quant): ShrinkChoice => {
    const made = madeFile(context, detail, quant) ?? null;
    const bytes = made?.bytes ?? estimateBytes(detail.base.info.parameters, quant);
    return { quant, bytes, made, report: reports.get(quant) ?? null };
  });
  const whole = reports.get('adapter') ?? null;
  return {
    choices,
    ...recommend(choices, whole, defaultQuant(detail.base.info.parameters)),
    whole,
    canMeasure: trainedOf(detail.state) !== null && existsSync(heldOutFile(context.store, run)),
    ...(work.state(run) ?? { work: null, waiting: [] }),
    failure: work.failure(run),
  };
}

/** Right answers of the best version that may be lost to a smaller file: one in twenty, as far as they can be counted. */
const mayLose = 0.05;

/** The smallest made file that keeps what was learned; where too little was measured, the default for this size. */
export function recommend(
  choices: readonly ShrinkChoice[],
  whole: Report | null,
  fallback: QuantType,
): { readonly recommended: QuantType; readonly why: string } {
  const measured = choices.filter(({ made, report }) => made !== null && report?.of !== undefined && report.of > 0);
  const passed = (report: Report | null): number => report?.passed ?? 0;
  const best = Math.max(passed(whole), ...measured.map(({ report }) => passed(report)));
  if (measured.length < 2 || best === 0) {
    return { recommended: fallback, why: 'Too little is measured yet: this size is safe for a model like this one.' };
  }
  const keeping = measured.filter(({ report }) => passed(report) >= best * (1 - mayLose));
  const smallest = keeping.toSorted((a, b) => a.bytes - b.bytes)[0];
  if (smallest === undefined)
    return { recommended: fallback, why: 'Shrinking costs answers here: the default keeps most.' };
  const { report, quant } = smallest;
  return {
    recommended: quant,
    why: `The smallest that keeps what was learned: ${passed(report)} of ${report?.of ?? 0} held-out answers are right, the best version has ${best}.`,
  };
}

/** A model file of the run that is still there. */
export function madeFile({ store }: Context, detail: RunDetail, quant: QuantType) {
  const folder = runFolder(store.layout, detail.id);
  for (const artifact of detail.artifacts.toReversed()) {
    if (artifact.quant !== quant || (artifact.kind !== 'quantized' && artifact.kind !== 'merged')) continue;
    const file = artifactFile(folder, artifact);
    if (existsSync(file)) return { path: file, bytes: artifact.bytes, sha256: artifact.sha256 };
  }
  return undefined;
}
