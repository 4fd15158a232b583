import type { Page } from '@playwright/test';

export interface Latencies {
  /** The browser's own figure, in steps of 8 ms: from the input to the next picture. */
  readonly worstMs: number;
  /** Inputs that took 16 ms or more; the browser does not tell of faster ones. */
  readonly events: number;
  /** The longest time by the clock that the page's thread was held in one go; 0 where never above 50 ms. */
  readonly heldMs: number;
  /** The longest that one of its tasks kept the processor: what the app does itself, however busy the machine is. */
  readonly workedMs: number;
}

interface Measured {
  worst: number;
  events: number;
  held: number;
}

declare global {
  interface Window {
    measured?: Measured;
  }
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Measures what a person feels of a page: how long its inputs take, and what holds them up. */
export async function watchLatency(page: Page) {
  await page.evaluate(() => {
    const measured: Measured = { worst: 0, events: 0, held: 0 };
    window.measured = measured;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        measured.events += 1;
        measured.worst = Math.max(measured.worst, duration);
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) measured.held = Math.max(measured.held, duration);
    }).observe({ type: 'longtask' });
  });
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));

  /** What was measured while `work` went on. */
  return async (work: () => Promise<void>): Promise<Latencies> => {
    events.length = 0;
    await page.evaluate(() => {
      if (window.measured !== undefined) Object.assign(window.measured, { worst: 0, events: 0, held: 0 });
    });
    await session.send('Tracing.start', { categories: 'toplevel', transferMode: 'ReportEvents' });
    await work();
    // Entries come a moment after the picture that they wait for.
    await page.waitForTimeout(300);
    const {
      worst,
      events: count,
      held,
    } = await page.evaluate(() => ({ worst: 0, events: 0, held: 0, ...window.measured }));
    const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await ended;
    return { worstMs: Math.round(worst), events: count, heldMs: Math.round(held), workedMs: longestTaskMs(events) };
  };
}

/** Of the pages' main threads: microseconds on the processor, which a busy machine does not lengthen. */
function longestTaskMs(events: readonly TraceEvent[]): number {
  const pages = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}.${tid}`),
  );
  const tasks = events.filter(({ pid, tid, tdur }) => tdur !== undefined && pages.has(`${pid}.${tid}`));
  return Math.round(tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0) / 1000);
}
