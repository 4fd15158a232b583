import { toFailure, TunesmithError, type Failure } from '#common/domain/errors.ts';
import { Topic } from '../../services/watch/topic.ts';

/** Long work on runs that goes on while nobody watches: one piece a run at a time. */
export class BackgroundWork<T> {
  readonly topic = new Topic();
  readonly #going = new Map<string, { readonly stop: AbortController; state: T; ended: Promise<void> }>();
  readonly #failures = new Map<string, Failure>();

  state(run: string): T | null {
    return this.#going.get(run)?.state ?? null;
  }

  failure(run: string): Failure | null {
    return this.#failures.get(run) ?? null;
  }

  /** Throws `run-busy` where the run is being worked on. */
  start(run: string, initial: T, work: (tell: (state: T) => void, signal: AbortSignal) => Promise<void>): void {
    if (this.#going.has(run)) {
      throw new TunesmithError('run-busy', 'This is going on already.', { advice: 'Wait for it, or stop it first.' });
    }
    const stop = new AbortController();
    const entry = { stop, state: initial, ended: Promise.resolve() };
    const tell = (state: T): void => {
      entry.state = state;
      this.topic.changed();
    };
    this.#failures.delete(run);
    this.#going.set(run, entry);
    entry.ended = work(tell, stop.signal)
      .catch((error: unknown) => {
        const failure = toFailure(error);
        if (failure.code !== 'cancelled') this.#failures.set(run, failure);
      })
      .finally(() => {
        this.#going.delete(run);
        this.topic.changed();
      });
    this.topic.changed();
  }

  async cancel(run: string): Promise<void> {
    const entry = this.#going.get(run);
    entry?.stop.abort(new TunesmithError('cancelled', 'The work was cancelled.'));
    await entry?.ended;
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#going.keys()].map((run) => this.cancel(run)));
  }
}
