import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { Report, ShrinkChoice, ShrinkState } from '#common/contract/app/shrinking.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { trainedOf } from '#common/domain/run.ts';
import { evaluate } from '../../features/evaluating/evaluate.ts';
import { modelCard, writeModelfile } from '../../features/installing/model-card.ts';
import { measuredAnswers, saveMeasuredAnswers, type MeasuredAnswer } from '../../features/shrinking/answers.ts';
import { recommend } from '../../features/shrinking/recommend.ts';
import { adapterOf, defaultQuant, estimateBytes, shrinkRun } from '../../features/shrinking/shrink-run.ts';
import { heldOutFile } from '../../features/training/begin.ts';
import { runFolder } from '../../services/paths.ts';
import { writeError } from '../../services/storage/write-error.ts';
import { watchTopic } from '../../services/watch/topic.ts';
import { artifactFile, forgetArtifact } from '../../store/artifacts.ts';
import { saveReport } from '../../store/figures.ts';
import { runDetail, type RunDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { BackgroundWork } from './work.ts';

/** Sizes that are offered, largest first. */
const offered = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'] as const satisfies readonly QuantType[];

type Going = Pick<ShrinkState, 'work' | 'waiting'>;
export type Shrinking = { readonly handlers: Handlers<AppContract['shrinking']>; readonly work: BackgroundWork<Going> };

export function openShrinking(context: Context): Shrinking {
  const { store, layout, workEngine, runsChanged, checks } = context;
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
    const answers: MeasuredAnswer[] = [];
    for await (const event of evaluate(
      workEngine,
      { ...input, datasetPath, answers: true, maxAnswerTokens, threads },
      signal,
    )) {
      if (event.type === 'progress') tell(event.stage, event.completed, event.total);
      if (event.type === 'answer') {
        const { prompt, expected, answer, passed, stopped } = event;
        answers.push({ prompt, expected, answer, passed, stopped });
      }
      if (event.type !== 'report') continue;
      saveMeasuredAnswers(layout, run, subject, answers);
      saveReport(store.db, run, { subject, ...event.report }, store.now());
    }
  }

  const handlers: Handlers<AppContract['shrinking']> = {
    start: async ({ run, quants, measure: wanted }) => {
      const detail = runDetail(store.db, run);
      const adapterPath = adapterOf(store, detail);
      const canMeasure = wanted && existsSync(heldOutFile(store, run));
      if (canMeasure) checks.require(run, detail.recipe.check);
      requireIdle(context);
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
    answers: async ({ run }) => {
      const bySubject = Object.entries(measuredAnswers(layout, run));
      const [, questions = []] = bySubject[0] ?? [];
      return questions.map(({ prompt, expected }, index) => ({
        prompt,
        expected,
        answers: bySubject.flatMap(([subject, all]) => {
          const found = all[index];
          if (found === undefined) return [];
          return [{ subject, answer: found.answer, passed: found.passed, stopped: found.stopped }];
        }),
      }));
    },
    remove: async ({ run, quant }) => {
      if (work.state(run) !== null) {
        throw new TunesmithError('run-busy', 'Sizes of this model are being made.', {
          advice: 'Wait, or stop it first.',
        });
      }
      const made = madeFile(context, runDetail(store.db, run), quant);
      if (made === undefined) return { freedBytes: 0 };
      const freedBytes = (await stat(made.path)).size;
      try {
        await rm(made.path);
      } catch (error) {
        throw writeError(error, made.path);
      }
      forgetArtifact(store.db, run, made.recorded);
      work.topic.changed();
      runsChanged.changed();
      return { freedBytes };
    },
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

function requireIdle({ busyWith }: Context): void {
  const busy = busyWith();
  if (busy === null || busy === 'rehearse') return;
  throw new TunesmithError(
    'run-busy',
    busy === 'train' ? 'A training is going on.' : 'Another model is being shrunk or measured just now.',
    { advice: 'Wait for it, or stop it first.', retryable: true },
  );
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
    const found = madeFile(context, detail, quant);
    const made = found === undefined ? null : { path: found.path, bytes: found.bytes, sha256: found.sha256 };
    const bytes = made?.bytes ?? estimateBytes(detail.base.info, quant);
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

/** A model file of the run that is still there. */
export function madeFile({ store }: Context, detail: RunDetail, quant: QuantType) {
  const folder = runFolder(store.layout, detail.id);
  for (const artifact of detail.artifacts.toReversed()) {
    if (artifact.quant !== quant || (artifact.kind !== 'quantized' && artifact.kind !== 'merged')) continue;
    const file = artifactFile(folder, artifact);
    if (existsSync(file)) {
      return { path: file, recorded: artifact.path, bytes: artifact.bytes, sha256: artifact.sha256 };
    }
  }
  return undefined;
}
