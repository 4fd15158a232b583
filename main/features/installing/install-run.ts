import type { Message } from '#common/domain/example.ts';
import type { EngineClient } from '../../services/engine-process/engine.ts';
import type { ParityCertificate } from '../../services/ollama/certificate.ts';
import { installModel, type InstalledResult, type InstallProgress } from '../../services/ollama/install.ts';
import { checkParity, toleranceFor } from '../../services/ollama/parity.ts';
import type { OllamaServer } from '../../services/ollama/client.ts';
import { saveInstalledModel } from '../../store/artifacts.ts';
import { changeRun, recordFailure } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import type { ModelCard } from './model-card.ts';

export interface InstallInput {
  readonly run: string;
  readonly server: OllamaServer;
  readonly name: string;
  readonly model: { readonly path: string; readonly sha256: string; readonly quant?: string | undefined };
  readonly card: ModelCard;
  readonly overwrite: boolean;
  /** Questions for the check whether app and Ollama agree; none: the check is left out. */
  readonly questions: readonly (readonly Message[])[];
  readonly onProgress: (
    progress: InstallProgress | { readonly stage: 'comparing'; readonly completed: number; readonly total: number },
  ) => void;
}

export interface Installation {
  readonly installed: InstalledResult;
  readonly parity: ParityCertificate | undefined;
}

/** Installs a finished model of a run into Ollama and checks that both sides agree. Recorded with the run. */
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
    const parity = input.questions.length === 0 ? undefined : await compare(engine, input, installed.name, signal);
    saveInstalledModel(store.db, {
      name: installed.name,
      runId: run,
      sha256: model.sha256,
      server: server.address,
      installedAt: store.now(),
      ...(model.quant === undefined ? {} : { quant: model.quant }),
      ...(parity === undefined ? {} : { parity }),
    });
    changeRun(store, run, { type: 'finish', at: store.now() });
    return { installed, parity };
  } catch (error) {
    recordFailure(store, run, error);
    throw error;
  }
}

async function compare(engine: EngineClient, input: InstallInput, name: string, signal?: AbortSignal) {
  const { server, model, questions, onProgress } = input;
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
      score: async (prompt, pieces) => {
        const scored = await engine.score({ modelPath: model.path, prompt, continuation: [...pieces] }, signal);
        return scored.logprobs;
      },
    },
  });
}
