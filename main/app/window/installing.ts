import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type {
  Installed,
  InstallOrder,
  InstallStage,
  InstallState,
  OllamaStatus as StatusShape,
  Parity,
} from '#common/contract/app/installing.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { toFailure, TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { installRun, recheckInstalled } from '../../features/installing/install-run.ts';
import { modelCard, writeModelfile, type ModelCard } from '../../features/installing/model-card.ts';
import { shrinkRun } from '../../features/shrinking/shrink-run.ts';
import { answerOf } from '../../services/chat/ask.ts';
import type { ParityCertificate } from '../../services/ollama/certificate.ts';
import { detectOllama, requireOllama, type OllamaStatus } from '../../services/ollama/detect.ts';
import { deleteModel, isMadeHere, modelNames } from '../../services/ollama/models.ts';
import { fullModelName, isSameModelName } from '../../services/ollama/names.ts';
import { ollamaStart, startOllama } from '../../services/ollama/start.ts';
import { Topic, watchTopic } from '../../services/watch/topic.ts';
import { forgetInstalledModel } from '../../store/artifacts.ts';
import { runDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { certificateText, installRecipe, questionsForParity, saveFiles } from './install-recipe.ts';
import { madeFile } from './shrinking.ts';
import { BackgroundWork } from './work.ts';

type Going = NonNullable<InstallState['work']>;
type Tell = (stage: InstallStage, completed: number, total: number) => void;
export type Installing = {
  readonly handlers: Handlers<AppContract['installing']>;
  readonly work: BackgroundWork<Going>;
};

export function openInstalling(context: Context): Installing {
  const { store, engine, workEngine, chat, host, layout, runsChanged, downloads, desktop } = context;
  const work = new BackgroundWork<Going>();
  const never = new Topic();
  /** What was ordered last, per run: a failure can then be tried again as it was. */
  const orders = new Map<string, InstallOrder>();
  /** Stops and template do not change: they are read once for each run. */
  const cards = new Map<string, Promise<ModelCard>>();
  const saved = new Map<string, NonNullable<InstallState['saved']>>();

  /** Runs a piece of work whose stages are known beforehand, and tells how far it is. */
  function begin(
    run: string,
    name: string,
    stages: readonly InstallStage[],
    piece: (tell: Tell, signal: AbortSignal) => Promise<void>,
  ): void {
    const state = (stage: InstallStage, completed: number, total: number, etaSeconds: number | null): Going => ({
      ...{ name, stages: [...stages], stage, completed, total, etaSeconds },
    });
    let since = { stage: stages[0] as InstallStage, at: Date.now() };
    work.start(run, state(since.stage, 0, 0, null), async (tell, signal) => {
      await piece((stage, completed, total) => {
        if (stage !== since.stage) since = { stage, at: Date.now() };
        const seconds = (Date.now() - since.at) / 1000;
        const eta = total > 0 && completed > 0 && seconds > 1 ? (seconds / completed) * (total - completed) : null;
        tell(state(stage, completed, total, eta));
      }, signal);
      runsChanged.changed();
    });
  }

  /** The model file of that size, made now where it is not there. */
  async function fileOf(run: string, quant: QuantType, tell: Tell, signal: AbortSignal) {
    const there = madeFile(context, runDetail(store.db, run), quant);
    if (there !== undefined) return { ...there, quant };
    for await (const event of shrinkRun(store, workEngine, { run, quant }, signal)) {
      if (event.type === 'artifact') return { path: event.path, bytes: event.bytes, sha256: event.sha256, quant };
      tell('making', event.completed, event.total);
    }
    throw new TunesmithError('internal', 'The model was made, but its file was not named.');
  }

  const answerWith = (modelPath: string, signal: AbortSignal) => async (messages: readonly Message[], max: number) => {
    const options = { maxTokens: max, temperature: 0, repeatPenalty: 1 };
    return (await answerOf({ engine, chat }, { basePath: modelPath }, messages, options, signal)).answer;
  };

  const handlers: Handlers<AppContract['installing']> = {
    ollama: (_input, signal) =>
      watchTopic(
        never,
        async () => {
          const status = await detectOllama({ host, signal });
          return { ...statusOf(status), canStart: ollamaStart(host, status) !== undefined };
        },
        signal,
        { pollMs: 2000 },
      ),
    startOllama: async (_input, signal) => {
      const status = await detectOllama({ host, signal });
      if (status.state === 'running') return {};
      const command = ollamaStart(host, status);
      if (command === undefined) {
        requireOllama(status);
        throw new TunesmithError('bad-request', 'This Ollama cannot be started from here.');
      }
      await startOllama({ host, command, logFile: path.join(layout.root, 'logs', 'ollama.log'), signal });
      return {};
    },
    recipe: ({ run, quant }) => installRecipe(context, cards, run, quant),
    checkName: async ({ name }, signal) => {
      try {
        const full = fullModelName(name);
        const status = await detectOllama({ host, signal });
        if (status.state !== 'running') return { valid: true, full, problem: null, existing: null, free: null };
        const models = await modelNames(status.server, signal);
        const taken = (wanted: string) => models.find((model) => isSameModelName(model.name, wanted));
        const same = taken(full);
        if (same === undefined) return { valid: true, full, problem: null, existing: null, free: null };
        // It may have gone since: then it is simply not one of ours.
        const madeHere = await isMadeHere(status.server, same.name, signal).catch(() => false);
        return { valid: true, full, problem: null, existing: { ...same, madeHere }, free: freeName(name, taken) };
      } catch (error) {
        const { message, advice } = toFailure(error);
        const problem = advice === undefined ? message : `${message} ${advice}`;
        return { valid: false, full: null, problem, existing: null, free: null };
      }
    },
    start: async ({ run, quant, name, replace }) => {
      const full = fullModelName(name);
      const isMade = madeFile(context, runDetail(store.db, run), quant) !== undefined;
      const stages = [
        ...(isMade ? [] : ['making' as const]),
        'checking',
        'uploading',
        'creating',
        'comparing',
      ] as const;
      begin(run, full, stages, async (tell, signal) => {
        orders.set(run, { quant, name, replace });
        const server = requireOllama(await detectOllama({ host, signal }));
        const model = await fileOf(run, quant, tell, signal);
        const card = await modelCard(engine, model.path, signal);
        await writeModelfile(store, run, model.path, card);
        const questions = await questionsForParity(context, run);
        const answer = answerWith(model.path, signal);
        const input = { run, server, name: full, model, card, overwrite: replace, questions, answer };
        const onProgress = (at: { stage: InstallStage; completed: number; total: number }) =>
          tell(at.stage, at.completed, at.total);
        await installRun(store, workEngine, { ...input, onProgress }, signal);
        orders.delete(run);
      });
      return {};
    },
    compare: async ({ run, name }) => {
      const model = runDetail(store.db, run).installed.find((each) => each.name === name);
      if (model === undefined) throw new TunesmithError('bad-request', `${name} is not installed by this run.`);
      const file = madeFile(context, runDetail(store.db, run), (model.quant ?? '') as QuantType);
      if (file === undefined) {
        throw new TunesmithError('file-not-found', `The file that ${name} was made from is gone.`, {
          advice: 'Install it again: the file is then made anew.',
        });
      }
      begin(run, name, ['comparing'], async (tell, signal) => {
        orders.delete(run);
        const server = requireOllama(await detectOllama({ host, signal }));
        const questions = await questionsForParity(context, run);
        const answer = answerWith(file.path, signal);
        const onProgress = (at: { completed: number; total: number }) => tell('comparing', at.completed, at.total);
        const input = { run, server, name, model: file, questions, answer, onProgress };
        await recheckInstalled(store, workEngine, input, signal);
      });
      return {};
    },
    saveFiles: async ({ run, quant, name, folder }) => {
      if (!path.isAbsolute(folder)) throw new TunesmithError('bad-request', `${folder} is not a whole path.`);
      const isMade = madeFile(context, runDetail(store.db, run), quant) !== undefined;
      begin(run, folder, [...(isMade ? [] : ['making' as const]), 'saving'], async (tell, signal) => {
        orders.delete(run);
        const model = await fileOf(run, quant, tell, signal);
        tell('saving', 0, 0);
        const card = await modelCard(engine, model.path, signal);
        saved.set(run, await saveFiles(model.path, card, folder, name));
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
          failed: work.failure(run) === null ? null : (orders.get(run) ?? null),
          saved: saved.get(run) ?? null,
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
    saveCertificate: async ({ run, name }) => {
      const model = runDetail(store.db, run).installed.find((each) => each.name === name);
      if (model === undefined) throw new TunesmithError('bad-request', `${name} is not installed by this run.`);
      const folder = path.join(layout.root, 'exports');
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, `certificate-${name.replaceAll(/[^A-Za-z0-9._-]/g, '-')}.txt`);
      await writeFile(file, certificateText(installedOf(model)));
      if (desktop !== undefined) return { path: file, download: null };
      const token = randomUUID();
      downloads.set(token, file);
      return { path: file, download: `/download/${token}/${path.basename(file)}` };
    },
  };
  return { handlers, work };
}

/** `brook` -> `brook-2`, or the next number that nobody has. */
function freeName(name: string, taken: (name: string) => unknown): string {
  const [stem = name, tag] = name.split(':');
  for (let number = 2; ; number += 1) {
    const candidate = `${stem}-${number}${tag === undefined ? '' : `:${tag}`}`;
    if (taken(candidate) === undefined) return candidate;
  }
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

function statusOf(status: OllamaStatus): Omit<StatusShape, 'canStart'> {
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
