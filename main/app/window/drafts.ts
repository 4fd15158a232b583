import type { AppContract } from '#common/contract/app/app.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { Context } from './context.ts';
import { createSample } from './sample.ts';

export function draftHandlers(
  context: Context,
  exampleHandlers: Handlers<AppContract['examples']>,
): Handlers<AppContract['drafts']> {
  const { drafts, examples } = context;
  return {
    list: async () => [...drafts.list()],
    create: async ({ title }) => drafts.create(title),
    createSample: (_input, signal) => createSample(context, exampleHandlers, signal),
    get: async ({ id }) => drafts.get(id),
    save: async ({ id, change }) => drafts.save(id, change),
    delete: async ({ id }) => {
      drafts.get(id);
      await examples.forget(id);
      drafts.delete(id);
      return {};
    },
  };
}
