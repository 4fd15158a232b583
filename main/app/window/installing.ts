import type { AppContract } from '#common/contract/app/app.ts';
import type { Installed, InstallState, OllamaStatus as StatusShape, Parity } from '#common/contract/app/installing.ts';
import type { Handlers } from '#common/contract/define.ts';
import { toFailure } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { installRun } from '../../features/installing/install-run.ts';
import { modelCard, writeModelfile } from '../../features/installing/model-card.ts';
import { shrinkRun, type MadeFile } from '../../features/shrinking/shrink-run.ts';
import type { ParityCertificate } from '../../services/ollama/certificate.ts';
import { detectOllama, requireOllama, type OllamaStatus } from '../../services/ollama/detect.ts';
import { deleteModel, listModels } from '../../services/ollama/models.ts';
import { fullModelName, isSameModelName } from '../../services/ollama/names.ts';
import { Topic, watchTopic } from '../../services/watch/topic.ts';
import { forgetInstalledModel } from '../../store/artifacts.ts';
import { runDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { questionsOf } from './questions.ts';
import { madeFile } from './shrinking.ts';
import { BackgroundWork } from './work.ts';

type Going = NonNullable<InstallState['work']>;
export type Installing = {
  readonly handlers: Handlers<AppContract['installing']>;
  readonly work: BackgroundWork<Going>;
};

/** Questions that both sides are asked after an installation. */
const parityQuestions = 8;

export function openInstalling(context: Context): Installing {
  const { store, engine, workEngine, host, runsChanged } = context;
  const work = new BackgroundWork<Going>();
  const never = new Topic();

  const handlers: Handlers<AppContract['installing']> = {
    ollama: (_input, signal) =>
      watchTopic(never, async () => statusOf(await detectOllama({ host, signal })), signal, { pollMs: 2000 }),
    checkName: async ({ name }, signal) => {
      try {
        const full = fullModelName(name);
        const status = await detectOllama({ host, signal });
        const models = status.state === 'running' ? await listModels(status.server, signal) : [];
        return { valid: true, full, problem: null, taken: models.some((model) => isSameModelName(model.name, full)) };
      } catch (error) {
        return { valid: false, full: null, problem: toFailure(error).message, taken: false };
      }
    },
    start: async ({ run, quant, name, replace }) => {
      const full = fullModelName(name);
      const detail = runDetail(store.db, run);
      work.start(run, { name: full, stage: 'making', completed: 0, total: 0 }, async (tell, signal) => {
        const server = requireOllama(await detectOllama({ host, signal }));
        const there = madeFile(context, detail, quant);
        let model: MadeFile | undefined = there === undefined ? undefined : { ...there, kind: 'quantized', quant };
        if (model === undefined) {
          for await (const event of shrinkRun(store, workEngine, { run, quant }, signal)) {
            if (event.type === 'artifact') model = event;
            else tell({ name: full, stage: 'making', completed: event.completed, total: event.total });
          }
        }
        const card = await modelCard(engine, (model as MadeFile).path, signal);
        await writeModelfile(store, run, (model as MadeFile).path, card);
        const questions: (readonly Message[])[] = [];
        for (const { messages } of await questionsOf(store, run, parityQuestions)) questions.push(messages);
        const input = { run, server, name: full, model: model as MadeFile, card, overwrite: replace, questions };
        const onProgress = (progress: Omit<Going, 'name'>) => tell({ name: full, ...progress });
        await installRun(store, workEngine, { ...input, onProgress }, signal);
        runsChanged.changed();
      });
      return {};
    },
    cancel: async ({ run }) => {
      await work.cancel(run);
      return {};
    },
    watch: ({ run }, signal) =>
      watchTopic(
        work.topic,
        () => ({
          installed: runDetail(store.db, run).installed.map(installedOf),
          work: work.state(run),
          failure: work.failure(run),
        }),
        signal,
      ),
    remove: async ({ run, name }, signal) => {
      const model = runDetail(store.db, run).installed.find((each) => each.name === name);
      if (model === undefined) return {};
      const server = requireOllama(await detectOllama({ host, signal }));
      await deleteModel(server, name, signal).catch((error: unknown) => {
        // Somebody was quicker: what was wanted is so.
        if (toFailure(error).code !== 'file-not-found') throw error;
      });
      forgetInstalledModel(store.db, model.server, name);
      work.topic.changed();
      runsChanged.changed();
      return {};
    },
  };
  return { handlers, work };
}

/** A row of the record for the window. */
export function installedOf(model: ReturnType<typeof runDetail>['installed'][number]): Installed {
  const { name, server, quant, installedAt, parity } = model;
  return { name, server, quant: quant ?? null, installedAt, parity: parity === undefined ? null : parityOf(parity) };
}

function parityOf(kept: unknown): Parity {
  const { name, ollamaVersion, verdict, words, rows } = kept as ParityCertificate;
  return { name, ollamaVersion, verdict, words, rows: rows.map((row) => ({ ...row })) };
}

function statusOf(status: OllamaStatus): StatusShape {
  const server = 'server' in status ? status.server : undefined;
  const address = 'address' in status ? status.address : (server?.address ?? '');
  const known = { state: status.state, address, version: server?.version ?? null };
  try {
    requireOllama(status);
    return { ...known, message: null, advice: null };
  } catch (error) {
    const { message, advice } = toFailure(error);
    return { ...known, message, advice: advice ?? null };
  }
}
