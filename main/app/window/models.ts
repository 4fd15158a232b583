import { totalmem } from 'node:os';
import type { AppContract } from '#common/contract/app/app.ts';
import type { BaseChoice } from '#common/contract/app/models.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { isActive } from '#common/domain/run.ts';
import { listModels, type ModelRow } from '../../features/models/list-models.ts';
import { keepUploaded } from '../../features/models/keep-uploaded.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { fitOf, trainingBytes } from '../../services/catalogue/catalogue.ts';
import { watchTopic } from '../../services/watch/topic.ts';
import { listRuns, runDetail } from '../../store/run-queries.ts';
import type { Store } from '../../store/store.ts';
import type { Context } from './context.ts';

export function modelHandlers(context: Context): Handlers<AppContract['models']> {
  const { engine, layout, host, store, modelDownloads } = context;
  return {
    list: async (_input, signal) => {
      const memoryBytes = totalmem();
      const inspect = (path: string) => engine.inspect({ path }, signal);
      const models: ModelRow[] = [];
      for await (const row of listModels({ host, layout, memoryBytes, inspect, signal })) {
        const license = { name: row.license ?? '', url: row.licenseUrl, mustAccept: row.mustAccept };
        models.push({ ...row, mustAccept: !modelDownloads.licenses.has(license) });
      }
      return { memoryBytes, models };
    },
    inspect: ({ id }, signal) => chosenBase(context, id, signal),
    keep: async ({ path }) => ({ path: await keepUploaded(layout, path) }),
    downloads: (_input, signal) =>
      watchTopic(modelDownloads.topic, () => [...modelDownloads.states()], signal, { leastMs: 250, pollMs: 5000 }),
    download: async ({ id, accept }) => {
      modelDownloads.start(id, { accept });
      return {};
    },
    pauseDownload: async ({ id }) => {
      await modelDownloads.pause(id);
      return {};
    },
    discardDownload: async ({ id }) => {
      await modelDownloads.discard(id);
      return {};
    },
    deleteDownloaded: async ({ id }) => {
      requireUnused(store, modelDownloads.fileOf(id));
      return { freedBytes: await modelDownloads.remove(id) };
    },
  };
}

function requireUnused(store: Store, file: string): void {
  const busy = listRuns(store.db).find(
    ({ id, state }) => isActive(state) && runDetail(store.db, id).base.path === file,
  );
  if (busy === undefined) return;
  throw new TunesmithError('run-busy', `“${busy.title}” is working with this model at the moment.`, {
    advice: 'Wait until it has finished, or stop it first.',
  });
}

/** Finds a base and reads it. */
export async function chosenBase(context: Context, id: string, signal?: AbortSignal): Promise<BaseChoice> {
  const { source, path } = await resolveBase(id, context, signal);
  const info = await context.engine.inspect({ path }, signal);
  const facts = { fit: fitOf(info.bytes, totalmem()), neededBytes: trainingBytes(info.bytes) };
  return { id, source, path, info, ...facts };
}
