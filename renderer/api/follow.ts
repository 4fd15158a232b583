import { toFailure, type Failure } from '#common/domain/errors.ts';

/** Hands every event of a stream to `told` until the returned function is called. The end by error goes to `failed`. */
export function follow<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  told: (event: T) => void,
  failed: (failure: Failure) => void = () => {},
): () => void {
  const ending = new AbortController();
  void (async () => {
    try {
      for await (const event of open(ending.signal)) {
        if (ending.signal.aborted) return;
        told(event);
      }
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (!ending.signal.aborted && failure.code !== 'cancelled') failed(failure);
    }
  })();
  return () => ending.abort();
}
