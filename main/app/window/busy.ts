import type { EngineClient } from '../../services/engine-process/engine.ts';

/** What fills memory and processors: the engine does one of these at a time. */
const heavy = ['rehearse', 'train', 'shrink', 'evaluate', 'score'] as const;
export type HeavyWork = (typeof heavy)[number];

export interface WatchedEngine {
  readonly client: EngineClient;
  /** The heavy work that is going on, if any. */
  readonly busyWith: () => HeavyWork | null;
}

/** The same engine, and what it is busy with: so that work is refused in words before anything is written down for it. */
export function watchBusy(engine: EngineClient): WatchedEngine {
  const going: HeavyWork[] = [];
  const end = (work: HeavyWork): void => void going.splice(going.indexOf(work), 1);
  async function request<T>(work: HeavyWork, ask: () => Promise<T>): Promise<T> {
    going.push(work);
    try {
      return await ask();
    } finally {
      end(work);
    }
  }
  async function* stream<T>(work: HeavyWork, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    going.push(work);
    try {
      yield* open();
    } finally {
      end(work);
    }
  }
  return {
    client: {
      ...engine,
      rehearse: (input, signal) => request('rehearse', () => engine.rehearse(input, signal)),
      score: (input, signal) => request('score', () => engine.score(input, signal)),
      train: (input, signal) => stream('train', () => engine.train(input, signal)),
      shrink: (input, signal) => stream('shrink', () => engine.shrink(input, signal)),
      evaluate: (input, signal) => stream('evaluate', () => engine.evaluate(input, signal)),
    },
    busyWith: () => going[0] ?? null,
  };
}
