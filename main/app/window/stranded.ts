import { fromFailure, toFailure, type Failure } from '#common/domain/errors.ts';
import { isActive, type RunState } from '#common/domain/run.ts';
import { advance } from '#common/domain/run-advance.ts';
import { recordFailure, runState } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';

/**
 * Runs whose end could not be written into the record, as where the disk is full: they are shown as ended all the same,
 * and written down as soon as there is room.
 */
export class StrandedRuns {
  readonly #store: Store;
  readonly #onSettled: () => void;
  readonly #failures = new Map<string, Failure>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, onSettled: () => void) {
    this.#store = store;
    this.#onSettled = onSettled;
  }

  /** Looks whether the record says that the run has ended; where it does not, remembers why it did. */
  check(run: string, thrown: unknown): void {
    if (!isActive(runState(this.#store.db, run))) return;
    this.#failures.set(run, toFailure(thrown));
    this.settle();
  }

  /** The state that the record would have. */
  stateOf(run: string, recorded: RunState): RunState {
    const failure = this.#failures.get(run);
    if (failure === undefined || !isActive(recorded)) return recorded;
    return advance(recorded, { type: 'fail', at: recorded.at, failure: { ...failure } });
  }

  /** Tries to write down what is not written yet, now and each second. */
  settle(): void {
    clearTimeout(this.#timer);
    for (const [run, failure] of this.#failures) {
      try {
        recordFailure(this.#store, run, fromFailure(failure));
        this.#failures.delete(run);
        this.#onSettled();
      } catch {
        // Still no room.
      }
    }
    if (this.#failures.size > 0) this.#timer = setTimeout(() => this.settle(), 1000).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#failures.clear();
  }
}
