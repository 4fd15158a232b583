import { TunesmithError, toFailure } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import type { ParityCertificate } from '../../services/ollama/certificate.ts';
import { installModel, type InstalledResult, type InstallProgress } from '../../services/ollama/install.ts';
import { checkParity, toleranceFor, type AppSide } from '../../services/ollama/parity.ts';
import type { OllamaServer } from '../../services/ollama/client.ts';
import { installedModels, saveInstalledModel } from '../../store/artifacts.ts';
import { changeRun, recordFailure } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import type { ModelCard } from './model-card.ts';

/** A finished model file of a run. */
interface FinishedModel {
  readonly path: string;
  readonly sha256: string;
  readonly quant?: string | undefined;
}

interface ParityInput {
  readonly run: string;
  readonly server: OllamaServer;
  readonly name: string;
  readonly model: FinishedModel;
  /** Questions for the check whether app and Ollama agree; none: the check is left out. */
  readonly questions: readonly (readonly Message[])[];
  /** The app's own answer, where it can give one: equal text is then reported too. */
  readonly answer?: AppSide['answer'];
  readonly onProgress: (
    progress: InstallProgress | { readonly stage: 'comparing'; readonly completed: number; readonly total: number },
  ) => void;
}

export interface InstallInput extends ParityInput {
  readonly card: ModelCard;
  readonly overwrite: boolean;
}

export interface Installation {
  readonly installed: InstalledResult;
  readonly parity: ParityCertificate | undefined;
}

/**
 * Installs a finished model of a run into Ollama and checks that both sides agree. Recorded with the run as soon as it stands
 * there: what happens to the check afterwards does not take it out again.
 */
export async function installRun(
  store: Store,
  engine: EngineClient,
  input: InstallInput,
  signal?: AbortSignal,
): Promise<Installation> {
  const { run, server, name, model, card } = input;
  changeRun(store, run, { type: 'install', at: store.now(), name });
  try {
    const installed = await installModel({
      server,
      ggufPath: model.path,
      name,
      sha256: model.sha256,
      overwrite: input.overwrite,
      ...card,
      onProgress: input.onProgress,
      signal,
    });
    const record = {
      name: installed.name,
      runId: run,
      sha256: model.sha256,
      server: server.address,
      installedAt: store.now(),
      ...(model.quant === undefined ? {} : { quant: model.quant }),
    };
    saveInstalledModel(store.db, record);
    const parity =
      input.questions.length === 0 ? undefined : await compare(engine, { ...input, name: installed.name }, signal);
    if (parity !== undefined) saveInstalledModel(store.db, { ...record, parity });
    changeRun(store, run, { type: 'finish', at: store.now() });
    return { installed, parity };
  } catch (error) {
    // The training is complete whatever becomes of an installation that the person stopped.
    if (toFailure(error).code === 'cancelled') changeRun(store, run, { type: 'finish', at: store.now() });
    else recordFailure(store, run, error);
    throw error;
  }
}

/** Checks an installed model (again). Recorded with the run. */
export async function recheckInstalled(
  store: Store,
  engine: EngineClient,
  input: ParityInput,
  signal?: AbortSignal,
): Promise<ParityCertificate> {
  const kept = installedModels(store.db, input.run).find(({ name }) => name === input.name);
  if (kept === undefined) {
    throw new TunesmithError('bad-request', `${input.name} is not installed.`, { advice: 'Install it first.' });
  }
  const parity = await compare(engine, input, signal);
  saveInstalledModel(store.db, { ...kept, parity });
  return parity;
}

async function compare(engine: EngineClient, input: ParityInput, signal?: AbortSignal) {
  const { server, name, model, questions, answer, onProgress } = input;
  const { fileType } = await engine.inspect({ path: model.path }, signal);
  return checkParity({
    server,
    name,
    prompts: questions,
    tolerance: toleranceFor(fileType),
    signal,
    onProgress: (completed, total) => onProgress({ stage: 'comparing', completed, total }),
    app: {
      render: async (messages) => {
        const { text, tokens } = await engine.render({ basePath: model.path, messages: [...messages] }, signal);
        return { text, tokens: tokens.length };
      },
      score: async (answers) => {
        const texts = answers.map(({ prompt, pieces }) => ({ prompt, continuation: [...pieces] }));
        const scored = await engine.score({ modelPath: model.path, texts }, signal);
        return scored.map(({ logprobs }) => logprobs);
      },
      ...(answer === undefined ? {} : { answer }),
    },
  });
}
