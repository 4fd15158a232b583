/**
 * How soon the desktop app can be used, and what its window costs at rest: `npm run bench:window`. Each start has a data folder of its own.
 * On the tests' Electron, or the packaged app that `APP_EXECUTABLE` names. Linux with a display, or through xvfb-run.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { buildApp } from '../scripts/build-app.ts';
import { lackingDisplay } from '../scripts/electron-runtime.ts';
import { prepareTestElectron } from '../scripts/test-electron.ts';

const { values } = parseArgs({
  options: { starts: { type: 'string', default: '5' }, rest: { type: 'string', default: '10' } },
});
const restSeconds = Number(values.rest);

interface Start {
  /** From the start of the process until the first screen that can be used is drawn. */
  readonly usableMs: number;
  /** The first pixels of any kind that the page drew. */
  readonly firstPaintMs: number;
  /** Of the window's own process after it was left alone for a while. */
  readonly privateMegabytes: number;
  readonly proportionalMegabytes: number;
}

if (process.platform !== 'linux' || lackingDisplay() !== undefined) {
  console.error('It needs Linux and a display; without one: xvfb-run -a npm run bench:window');
  process.exit(1);
}
const packaged = process.env['APP_EXECUTABLE'] ?? '';
const { executable, sqliteBinding, version } = await prepareTestElectron((words) => console.error(words));
const program = packaged === '' ? [executable, await buildApp((words) => console.error(words))] : [packaged];
console.log(
  `Electron ${version}, ${os.cpus()[0]?.model.trim()}, ${os.availableParallelism()} cores, load ${os.loadavg()[0]?.toFixed(1)}`,
);

const starts: Start[] = [];
for (let index = 1; index <= Number(values.starts); index += 1) {
  const start = await measure();
  starts.push(start);
  console.log(`start ${index}: ${say(start)}`);
}
console.log(
  `median:  ${say({
    usableMs: median('usableMs'),
    firstPaintMs: median('firstPaintMs'),
    privateMegabytes: median('privateMegabytes'),
    proportionalMegabytes: median('proportionalMegabytes'),
  })}`,
);

async function measure(): Promise<Start> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-bench-'));
  const flags = ['--disable-gpu', '--remote-debugging-port=0', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const startedAt = Date.now();
  const child = spawn(program[0]!, [...program.slice(1), ...flags], {
    env: { ...process.env, HOME: home, TUNESMITH_HOME: path.join(home, 'data'), TUNESMITH_TEST_SQLITE: sqliteBinding },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const address = await debuggerOf(child);
    // Looking at it costs time of its own, so it is left alone until it must have drawn.
    await delay(4000);
    const browser = await chromium.connectOverCDP(address);
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('There is no window.');
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The title and what can be pressed are drawn in one commit; the title is the largest text.
    const drawn = await page.evaluate(
      () =>
        new Promise<{ readonly usable: number; readonly first: number }>((resolve) => {
          new PerformanceObserver((list) => {
            const last = list.getEntries().at(-1)?.startTime ?? Number.NaN;
            const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
            resolve({ usable: performance.timeOrigin + last, first: performance.timeOrigin + first });
          }).observe({ type: 'largest-contentful-paint', buffered: true });
        }),
    );
    await browser.close();
    await delay(restSeconds * 1000);
    const renderer = rendererOf(child.pid ?? 0);
    return { usableMs: drawn.usable - startedAt, firstPaintMs: drawn.first - startedAt, ...memoryOf(renderer) };
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function debuggerOf(child: ChildProcess): Promise<string> {
  let log = '';
  for await (const chunk of child.stderr!) {
    log += String(chunk);
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1];
    // Leaving the loop would close the stream, and the app would then write into nothing.
    if (port !== undefined) {
      child.stderr!.resume();
      return `http://127.0.0.1:${port}`;
    }
  }
  throw new Error(`The app ended:\n${log}`);
}

/** Electron's helpers are grandchildren. */
function rendererOf(main: number): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (command.includes('--type=renderer') && ancestorsOf(Number(name)).includes(main)) return Number(name);
    } catch {
      // Ended meanwhile.
    }
  }
  throw new Error('The window has no process.');
}

function ancestorsOf(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return parent > 1 ? [parent, ...ancestorsOf(parent)] : [parent];
}

/** Private: what would be free without it. Proportional: with its share of what it has in common with other processes. */
function memoryOf(pid: number): Pick<Start, 'privateMegabytes' | 'proportionalMegabytes'> {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    privateMegabytes: (kilobytes('Private_Clean') + kilobytes('Private_Dirty')) / 1024,
    proportionalMegabytes: kilobytes('Pss') / 1024,
  };
}

function median(name: keyof Start): number {
  const sorted = starts.map((start) => start[name]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function say({ usableMs, firstPaintMs, privateMegabytes, proportionalMegabytes }: Start): string {
  const [usable, first] = [usableMs, firstPaintMs].map((ms) => `${(ms / 1000).toFixed(2)} s`);
  return `usable after ${usable} (first paint ${first}), window process ${privateMegabytes.toFixed(0)} MB private, ${proportionalMegabytes.toFixed(0)} MB with its share of common pages`;
}
