import { totalmem } from 'node:os';
import type { AppContract } from '#common/contract/app/app.ts';
import type { BaseChoice } from '#common/contract/app/models.ts';
import type { Handlers } from '#common/contract/define.ts';
import { listModels, type ModelRow } from '../../features/models/list-models.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { fitOf, trainingBytes } from '../../services/catalogue/catalogue.ts';
import type { Context } from './context.ts';

export function modelHandlers(context: Context): Handlers<AppContract['models']> {
  const { engine, layout, host } = context;
  return {
    list: async (_input, signal) => {
      const memoryBytes = totalmem();
      const inspect = (path: string) => engine.inspect({ path }, signal);
      const models: ModelRow[] = [];
      for await (const row of listModels({ host, layout, memoryBytes, inspect, signal })) models.push(row);
      return { memoryBytes, models };
    },
    inspect: ({ id }, signal) => chosenBase(context, id, signal),
  };
}

/** Finds a base and reads it. */
export async function chosenBase(context: Context, id: string, signal?: AbortSignal): Promise<BaseChoice> {
  const { source, path } = await resolveBase(id, context, signal);
  const info = await context.engine.inspect({ path }, signal);
  const facts = { fit: fitOf(info.bytes, totalmem()), neededBytes: trainingBytes(info.bytes) };
  return { id, source, path, info, ...facts };
}
