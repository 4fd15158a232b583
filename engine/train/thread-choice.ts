/**
 * Threads that wait for each other by spinning become slower than one thread alone when another program takes a
 * core. This watches the speed and the processor time that the threads really get. Where the speed stays far below
 * the run's own best, or the threads get far less time than they ask for, it compares half as many threads with the
 * present number under the same conditions, and keeps what is faster. After a change it looks now and then whether
 * the old number has become better again. Every comparison doubles the wait before the next one, so it never swings
 * to and fro.
 */
export interface ThreadChoice {
  /**
   * Takes the speed of one more update, and how many cores' worth of time it got (where that is known); says how
   * many threads the next one uses, where that changes.
   */
  observe(tokensPerSecond: number, coresUsed?: number): ThreadChange | null;
}

export interface ThreadChange {
  readonly threads: number;
  /** Present where a comparison ended with another number than before it. */
  readonly kept?: { readonly from: number; readonly to: number } | undefined;
}

const windowUpdates = 3;
const slowShare = 0.45;
/** Even threads that wait a lot spin meanwhile, so on a free machine they take nearly all of their cores. */
const starvedShare = 0.65;
const clearlyFaster = 1.15;
const firstWaitUpdates = 20;

interface Comparison {
  readonly present: number;
  readonly other: number;
  readonly otherRates: number[];
  readonly presentRates: number[];
}

export function createThreadChoice(startThreads: number): ThreadChoice {
  let threads = startThreads;
  let best = 0;
  let recent: { readonly rate: number; readonly starved: boolean }[] = [];
  let wait = 0;
  let nextWait = firstWaitUpdates;
  let comparison: Comparison | null = null;

  const begin = (other: number): ThreadChange => {
    comparison = { present: threads, other, otherRates: [], presentRates: [] };
    return { threads: other };
  };

  const compare = (running: Comparison, rate: number): ThreadChange | null => {
    if (running.otherRates.length < windowUpdates) {
      running.otherRates.push(rate);
      return running.otherRates.length === windowUpdates ? { threads: running.present } : null;
    }
    running.presentRates.push(rate);
    if (running.presentRates.length < windowUpdates) return null;
    comparison = null;
    recent = [];
    wait = nextWait;
    nextWait *= 2;
    const [other, present] = [mean(running.otherRates), mean(running.presentRates)];
    if (other < present * clearlyFaster) return null;
    threads = running.other;
    best = other;
    return { threads, kept: { from: running.present, to: running.other } };
  };

  return {
    observe(rate, coresUsed) {
      if (comparison) return compare(comparison, rate);
      const starved = coresUsed !== undefined && coresUsed < threads * starvedShare;
      recent = [...recent, { rate, starved }].slice(-windowUpdates);
      if (recent.length < windowUpdates) return null;
      best = Math.max(best, mean(recent.map((update) => update.rate)));
      if (wait > 0) {
        wait--;
        return null;
      }
      if (threads < startThreads) return begin(Math.min(startThreads, threads * 2));
      const crowded = recent.every((update) => update.starved || update.rate < best * slowShare);
      return crowded && threads > 1 ? begin(Math.floor(threads / 2)) : null;
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
