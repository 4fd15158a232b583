import { useCallback, useEffect, useRef, useState } from 'react';
import { toFailure, type Failure } from '#common/domain/errors.ts';
import { follow } from '../api/follow.ts';
import { useApp } from '../state/app.ts';

/** Runs one piece of work at a time and keeps why it failed. */
export function useAction(): {
  readonly busy: boolean;
  readonly failure: Failure | null;
  run(work: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
} {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      const why = toFailure(thrown);
      if (why.code !== 'cancelled') setFailure(why);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, failure, run, clear: useCallback(() => setFailure(null), []) };
}

/** Asks main once, and again when `key` or the connection changes; the old answer stays until the new one is there. */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  key: string,
): { readonly value: T | null; readonly failure: Failure | null; readonly loading: boolean; again(): void } {
  const epoch = useApp((state) => state.epoch);
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<{
    readonly value: T | null;
    readonly failure: Failure | null;
    readonly for: string;
  }>({
    value: null,
    failure: null,
    for: '',
  });
  const latest = useRef(ask);
  latest.current = ask;
  const wanted = `${key}#${epoch}#${attempt}`;
  useEffect(() => {
    const ending = new AbortController();
    const tell = (value: T | null, failure: Failure | null): void => {
      if (!ending.signal.aborted) setAnswer({ value, failure, for: wanted });
    };
    void (async () => {
      try {
        tell(await latest.current(ending.signal), null);
      } catch (thrown) {
        const failure = toFailure(thrown);
        tell(null, failure.code === 'cancelled' ? null : failure);
      }
    })();
    return () => ending.abort();
  }, [wanted]);
  return {
    value: answer.value,
    failure: answer.for === wanted ? answer.failure : null,
    loading: answer.for !== wanted,
    again: useCallback(() => setAttempt((number) => number + 1), []),
  };
}

/** The newest event of a stream that stays open while the screen is shown. */
export function useStream<T>(open: (signal: AbortSignal) => AsyncIterable<T>, key: string) {
  const epoch = useApp((state) => state.epoch);
  const [state, setState] = useState<{ readonly value: T | null; readonly failure: Failure | null }>({
    value: null,
    failure: null,
  });
  const latest = useRef(open);
  latest.current = open;
  useEffect(
    () =>
      follow(
        (signal) => latest.current(signal),
        (value) => setState({ value, failure: null }),
        (failure) => setState({ value: null, failure }),
      ),
    [key, epoch],
  );
  return state;
}

/** Now, renewed each second while `ticking`. */
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
