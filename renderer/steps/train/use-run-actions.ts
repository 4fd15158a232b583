import { useEffect, useState } from 'react';
import type { ResumeChanges } from '#common/domain/recipe.ts';
import { api } from '../../api/client.ts';
import { words } from '../../copy/index.ts';
import { saveDraft } from '../../state/draft.ts';
import { say } from '../../state/toasts.ts';
import { bytes } from '../../ui/format.ts';
import { useAction } from '../../ui/hooks.ts';

/** What a person can do with a training that was begun. `doing` names what was asked for and has not happened yet. */
export function useRunActions(run: string, running: boolean) {
  const [doing, setDoing] = useState<'pausing' | 'finishing' | null>(null);
  const work = useAction();
  useEffect(() => {
    if (!running) setDoing((current) => (current === 'pausing' ? null : current));
  }, [running]);
  const act = (name: 'pausing' | 'finishing', ask: () => Promise<unknown>): void => {
    setDoing(name);
    void work.run(ask).then((done) => {
      if (!done || name === 'finishing') setDoing(null);
    });
  };
  return {
    doing,
    busy: work.busy,
    failure: work.failure,
    pause: () => act('pausing', () => api.training.pause({ run })),
    keep: () => act('finishing', () => api.training.keep({ run })),
    resume: (changes: ResumeChanges = {}) => void work.run(() => api.training.resume({ run, changes })),
    throwAway: () =>
      void work.run(async () => {
        const { run: live } = await api.training.current({});
        if (live === run) await api.training.cancel({ run });
        await saveDraft({ run: null });
        say(words.train.thrownAway(bytes((await api.runs.delete({ run })).freedBytes)));
      }),
  };
}

export type RunActions = ReturnType<typeof useRunActions>;
