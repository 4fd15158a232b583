import { TunesmithError } from '#common/domain/errors.ts';

/** Lets one piece of work at a time fill the memory and the processors; a second one is refused, not queued. */
export interface HeavyWork {
  /** Marks the beginning; dispose at the end. Throws `run-busy` while other heavy work is under way. */
  begin(what: string): Disposable;
}

export function heavyWork(): HeavyWork {
  let current: string | undefined;
  return {
    begin(what) {
      if (current !== undefined) {
        throw new TunesmithError('run-busy', `The engine is busy with ${current}, so it cannot begin ${what}.`, {
          advice: 'Wait until it is done, or stop it first.',
          retryable: true,
        });
      }
      current = what;
      return { [Symbol.dispose]: () => (current = undefined) };
    },
  };
}
