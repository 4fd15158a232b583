/** Something that changes and that others look at anew when it did. Changes in between are not counted one by one. */
export class Topic {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  changed(): void {
    this.#version += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when there was a change after `seen`, when `timeoutMs` have passed, or when the signal is aborted. */
  async after(seen: number, signal: AbortSignal, timeoutMs = 2_000_000_000): Promise<void> {
    if (this.#version !== seen || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.add(resolve);
    const stop = (): void => resolve();
    signal.addEventListener('abort', stop, { once: true });
    await promise;
    clearTimeout(timer);
    // A stream that is open for days waits many times over the same signal.
    signal.removeEventListener('abort', stop);
    this.#waiting.delete(resolve);
  }
}

export interface WatchOptions {
  /** Least time between two looks: 100 ms is about ten a second. */
  readonly leastMs?: number;
  /** Look also where nobody told of a change. */
  readonly pollMs?: number;
}

/** Yields what `look` finds at once and after every change, until the signal is aborted. Equal findings are not repeated. */
export async function* watchTopic<T>(
  topic: Topic,
  look: () => T | Promise<T>,
  signal: AbortSignal,
  { leastMs = 100, pollMs }: WatchOptions = {},
): AsyncGenerator<T> {
  let told: string | undefined;
  for (;;) {
    const seen = topic.version;
    const found = await look();
    signal.throwIfAborted();
    const text = JSON.stringify(found);
    if (text !== told) yield found;
    told = text;
    await pause(leastMs, signal);
    await topic.after(seen, signal, pollMs);
    signal.throwIfAborted();
  }
}

/** Ends early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
