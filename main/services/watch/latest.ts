import { pause } from './topic.ts';

/** Hands the newest of many values on, at most ten a second; those in between are left out. */
export function latestOf<T>(leastMs = 100) {
  let newest: { readonly value: T } | undefined;
  let ended = false;
  let wake: (() => void) | undefined;
  return {
    push: (value: T): void => {
      newest = { value };
      wake?.();
    },
    end: (): void => {
      ended = true;
      wake?.();
    },
    async *values(signal: AbortSignal): AsyncGenerator<T> {
      for (;;) {
        if (newest !== undefined) {
          const { value } = newest;
          newest = undefined;
          yield value;
          if (!ended) await pause(leastMs, signal);
        } else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
