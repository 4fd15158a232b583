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

/** What was rehearsed in this window already: coming back to the screen does not measure the same again. */
const known = new Map<string, Rehearsal>();

/** Rehearses as soon as there is an order, and anew when `key` changes. Main does one at a time, and a training ends it. */
export function useRehearsal(order: TrainingOrder | null, key: string) {
  const [state, setState] = useState<State>({ value: null, failure: null, loading: false });
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(order);
  latest.current = order;
  const wanted = order === null ? null : `${key}#${attempt}`;
  useEffect(() => {
    const subject = latest.current;
    if (wanted === null || subject === null) return;
    const before = known.get(key);
    if (before !== undefined) return setState({ value: before, failure: null, loading: false });
    const abort = new AbortController();
    const tell = (next: State): void => {
      if (!abort.signal.aborted) setState(next);
    };
    tell({ value: null, failure: null, loading: true });
    api.training.rehearse(subject, abort.signal).then(
      (value) => {
        known.set(key, value);
        tell({ value, failure: null, loading: false });
      },
      (thrown: unknown) => {
        const failure = toFailure(thrown);
        tell({ value: null, failure: failure.code === 'cancelled' ? null : failure, loading: false });
      },
    );
    return () => abort.abort();
  }, [wanted]);
  const again = useCallback(() => {
    known.delete(key);
    setAttempt((number) => number + 1);
  }, [key]);
  return { ...state, again };
}
