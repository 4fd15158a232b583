import { totalmem } from 'node:os';
import type { AppContract } from '#common/contract/app/app.ts';
import type { BaseChoice, Fit, ModelRow } from '#common/contract/app/models.ts';
import type { Handlers } from '#common/contract/define.ts';
import { listModels } from '../../features/models/list-models.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { trainingBytes } from '../../services/catalogue/catalogue.ts';
import type { Context } from './context.ts';

export function modelHandlers(context: Context): Handlers<AppContract['models']> {
  const { engine, layout } = context;
  return {
    list: async (_input, signal) => {
      const memoryBytes = totalmem();
      const deps = {
        modelsFolder: layout.models,
        memoryBytes,
        inspect: (path: string) => engine.inspect({ path }, signal),
        signal,
      };
      const models: ModelRow[] = [];
      for await (const row of listModels(deps)) {
        const { id, source, title, bytes, license, available, note } = row;
        const goodFor = source === 'catalogue' ? (note?.split(';')[0] ?? null) : null;
        const why = source === 'catalogue' ? (note?.split(';').slice(1).join(';').trim() ?? null) : note;
        const facts = { fit: fitOf(bytes, memoryBytes), neededBytes: trainingBytes(bytes) };
        models.push({ id, source, title, bytes, license, goodFor, available, note: available ? note : why, ...facts });
      }
      return { memoryBytes, models };
    },
    inspect: ({ id }, signal) => chosenBase(context, id, signal),
  };
}

/** Finds a base and reads it. */
export async function chosenBase({ engine }: Context, id: string, signal?: AbortSignal): Promise<BaseChoice> {
  const { source, path } = await resolveBase(id, signal);
  const info = await engine.inspect({ path }, signal);
  const facts = { fit: fitOf(info.bytes, totalmem()), neededBytes: trainingBytes(info.bytes) };
  return { id, source, path, info, ...facts };
}

/** `tight`: it fits, but other programs will feel it. */
function fitOf(modelBytes: number, memoryBytes: number): Fit {
  const share = trainingBytes(modelBytes) / memoryBytes;
  if (share > 0.9) return 'no';
  return share > 0.6 ? 'tight' : 'well';
}
