/**
 * How many threads to answer with. The threads of one computation wait for each other by spinning, so where another
 * program takes a core, two of them can be ten times slower than one alone. Now and then a few steps are tried with the
 * other number, all else being equal, and the faster one is kept. It cannot change what is computed, only how fast.
 */
export interface ThreadPace {
  /** Threads for the next step. */
  readonly threads: number;
  /** Takes how long a step took that read one token of each of `sequences` answers. */
  observe(elapsedMs: number, sequences: number): void;
}

const trialSteps = 3;
const firstWaitSteps = 4;
const nextWaitSteps = 48;
const longestWaitSteps = 768;
/** Share of the time that the other number must save to be worth the change. */
const clearlyFaster = 0.85;

interface Trial {
  readonly sequences: number;
  readonly other: number[];
  readonly present: number[];
}

/** Chooses between `most` threads and one. */
export function createThreadPace(most: number): ThreadPace {
  if (most <= 1) return { threads: 1, observe: () => {} };
  let present = most;
  let wait = firstWaitSteps;
  let nextWait = nextWaitSteps;
  let trial: Trial | null = null;
  const other = () => (present === most ? 1 : most);

  return {
    get threads() {
      return trial !== null && trial.other.length < trialSteps ? other() : present;
    },
    observe(elapsedMs, sequences) {
      if (trial === null) {
        wait -= 1;
        if (wait <= 0) trial = { sequences, other: [], present: [] };
        return;
      }
      // Steps over other numbers of answers cannot be compared: begin again with this number.
      if (trial.sequences !== sequences) {
        trial = { sequences, other: [], present: [] };
        return;
      }
      const times = trial.other.length < trialSteps ? trial.other : trial.present;
      times.push(elapsedMs);
      if (trial.present.length < trialSteps) return;
      if (sum(trial.other) < sum(trial.present) * clearlyFaster) present = other();
      trial = null;
      wait = nextWait;
      nextWait = Math.min(longestWaitSteps, nextWait * 2);
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
