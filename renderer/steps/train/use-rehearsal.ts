import { useCallback, useEffect, useRef, useState } from 'react';
import type { TrainingOrder } from '#common/contract/app/training.ts';
import type { Rehearsal } from '#common/contract/engine.ts';
import { toFailure, type Failure } from '#common/domain/errors.ts';
import { api } from '../../api/client.ts';

interface State {
  readonly value: Rehearsal | null;
  readonly failure: Failure | null;
  readonly loading: boolean;
}

/**
 * Rehearses as soon as there is an order, and anew when `key` changes. One at a time: the engine does one heavy piece of
 * work, so the one before has to have ended, and `stop` answers when nothing is rehearsed any more.
 */
export function useRehearsal(order: TrainingOrder | null, key: string) {
  const [state, setState] = useState<State>({ value: null, failure: null, loading: false });
  const [attempt, setAttempt] = useState(0);
  const ending = useRef<AbortController | null>(null);
  const ended = useRef<Promise<void>>(Promise.resolve());
  const latest = useRef(order);
  latest.current = order;
  const wanted = order === null ? null : `${key}#${attempt}`;
  const stop = useCallback(async () => {
    ending.current?.abort();
    await ended.current;
  }, []);
  useEffect(() => {
    if (wanted === null || latest.current === null) return;
    const subject = latest.current;
    const abort = new AbortController();
    ending.current?.abort();
    ending.current = abort;
    setState({ value: null, failure: null, loading: true });
    const before = ended.current;
    ended.current = (async () => {
      await before;
      if (abort.signal.aborted) return;
      try {
        const value = await api.training.rehearse(subject, abort.signal);
        if (!abort.signal.aborted) setState({ value, failure: null, loading: false });
      } catch (thrown) {
        if (!abort.signal.aborted) setState({ value: null, failure: toFailure(thrown), loading: false });
      }
    })();
    return () => abort.abort();
  }, [wanted]);
  return { ...state, stop, again: useCallback(() => setAttempt((number) => number + 1), []) };
}
