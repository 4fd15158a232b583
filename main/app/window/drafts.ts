import type { AppContract } from '#common/contract/app/app.ts';
import type { Handlers } from '#common/contract/define.ts';
import type { Context } from './context.ts';

export function draftHandlers({ drafts, examples }: Context): Handlers<AppContract['drafts']> {
  return {
    list: async () => [...drafts.list()],
    create: async ({ title }) => drafts.create(title),
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
