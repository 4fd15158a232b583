import { useCallback, useEffect, useRef, useState } from 'react';
import type { DownloadState, ModelRow } from '#common/contract/app/models.ts';
import type { Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';
import { useAction, useStream } from '../../ui/hooks.ts';

export interface DownloadActions {
  /** The model whose button was pressed last, while main has not answered. */
  readonly busyWith: string | null;
  /** Begins, after asking for consent where the licence wants it. */
  download(row: ModelRow): void;
  resume(id: string): void;
  pause(id: string): void;
  discard(id: string): void;
  askDelete(row: ModelRow): void;
}

export interface Downloads {
  /** Null for models that are not downloaded by Tunesmith. */
  stateOf(id: string): DownloadState | null;
  readonly actions: DownloadActions;
  /** The model whose licence is to be read and accepted now. */
  readonly asking: ModelRow | null;
  /** The model whose file may be deleted now. */
  readonly deleting: ModelRow | null;
  /** Why the last press came to nothing. */
  readonly failure: Failure | null;
  /** Downloads that stopped by themselves. */
  readonly stopped: readonly { readonly id: string; readonly failure: Failure }[];
  accept(): void;
  close(): void;
  delete(row: ModelRow): Promise<number | null>;
}

/** Follows the downloads; `ready` is told of each that finishes while the screen is shown. */
export function useDownloads(ready: (id: string) => void): Downloads {
  const { value } = useStream((signal) => api.models.downloads({}, signal), 'downloads');
  const work = useAction();
  const [busyWith, setBusyWith] = useState<string | null>(null);
  const [asking, setAsking] = useState<ModelRow | null>(null);
  const [deleting, setDeleting] = useState<ModelRow | null>(null);
  const before = useRef(new Map<string, DownloadState['phase']>());
  const tell = useRef(ready);
  tell.current = ready;
  useEffect(() => {
    for (const { id, state } of value ?? []) {
      const was = before.current.get(id);
      before.current.set(id, state.phase);
      if (state.phase === 'ready' && was !== undefined && was !== 'ready') tell.current(id);
    }
  }, [value]);

  const press = useCallback(
    async (id: string, task: () => Promise<unknown>) => {
      setBusyWith(id);
      const done = await work.run(task);
      setBusyWith(null);
      return done;
    },
    [work.run],
  );
  const start = (id: string, accept: boolean): void => void press(id, () => api.models.download({ id, accept }));
  return {
    stateOf: (id) => value?.find((one) => one.id === id)?.state ?? null,
    asking,
    deleting,
    failure: work.failure,
    stopped: (value ?? []).flatMap(({ id, state }) =>
      'failure' in state && state.failure !== null ? [{ id, failure: state.failure }] : [],
    ),
    accept: () => {
      if (asking !== null) start(asking.id, true);
      setAsking(null);
    },
    close: () => {
      setAsking(null);
      setDeleting(null);
    },
    delete: async (row) => {
      let freed: number | null = null;
      await press(row.id, async () => {
        freed = (await api.models.deleteDownloaded({ id: row.id })).freedBytes;
      });
      setDeleting(null);
      return freed;
    },
    actions: {
      busyWith,
      download: (row) => (row.mustAccept ? setAsking(row) : start(row.id, false)),
      resume: (id) => start(id, false),
      pause: (id) => void press(id, () => api.models.pauseDownload({ id })),
      discard: (id) => void press(id, () => api.models.discardDownload({ id })),
      askDelete: setDeleting,
    },
  };
}
