import { Ollama } from 'ollama';
import { cancelled, ollamaError } from './errors.ts';
import { fetchOver } from './http.ts';

/** A server to talk to. Plain data: each call opens its own connection. */
export interface OllamaServer {
  /** As `ollamaAddress` makes it. */
  readonly address: string;
  readonly version: string;
}

/** The `ollama` package over connections without time limits; everything it does ends when `signal` fires. */
export function ollamaClient(server: Pick<OllamaServer, 'address'>, signal?: AbortSignal): Ollama {
  return new Ollama({ host: server.address, fetch: fetchOver(signal) });
}

/** Runs one conversation with the server and puts whatever goes wrong into words. `doing`: see `ollamaError`. */
export async function asking<T>(
  server: Pick<OllamaServer, 'address'>,
  doing: string,
  signal: AbortSignal | undefined,
  ask: (client: Ollama) => Promise<T>,
): Promise<T> {
  try {
    return await ask(ollamaClient(server, signal));
  } catch (thrown) {
    // The reason a signal carries can be anything.
    if (signal?.aborted === true) throw cancelled();
    throw ollamaError(thrown, server.address, doing);
  }
}
