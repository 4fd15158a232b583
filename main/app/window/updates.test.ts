import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { UpdatesState } from '#common/contract/app/updates.ts';
import { currentHost } from '#common/platform/host.ts';
import { openDataFolder, type DataLayout } from '../../services/paths.ts';
import type { Desktop } from './context.ts';
import { openUpdates, type Updates } from './updates.ts';

let root: string;
let layout: DataLayout;
let server: http.Server;
let asked: number;
let answer: string;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'tunesmith-updates-'));
  layout = openDataFolder({ ...currentHost(), env: { TUNESMITH_HOME: root } });
  asked = 0;
  answer = JSON.stringify({ tag_name: 'v0.2.0', body: 'Better.' });
  server = http.createServer((_request, response) => {
    asked += 1;
    response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const window_: Desktop = { choose: () => Promise.resolve([]), reveal() {}, setTheme() {} };

function open({ desktop, firstMs = 5 }: { desktop?: Desktop; firstMs?: number } = {}): Updates {
  const { port } = server.address() as AddressInfo;
  const host = { ...currentHost(), env: { TUNESMITH_RELEASES: `http://127.0.0.1:${port}/` } };
  return openUpdates({ host, layout, desktop, version: '0.1.0' }, { firstMs, everyMs: 20 });
}

async function stateOf({ handlers }: Updates): Promise<UpdatesState> {
  const stop = new AbortController();
  for await (const state of handlers.watch({}, stop.signal)) return state as UpdatesState;
  throw new Error('It said nothing.');
}
const { signal } = new AbortController();
const someTime = () => new Promise((resolve) => setTimeout(resolve, 150));

test('nobody is asked before the person has said yes, nor after a no', async () => {
  await using updates = open({ desktop: window_ });
  expect(await stateOf(updates)).toMatchObject({ mode: 'unasked', checkedAt: null, newer: null });
  await someTime();
  await updates.handlers.allow({ allowed: false }, signal);
  await someTime();
  expect(asked).toBe(0);
  expect(await stateOf(updates)).toMatchObject({ mode: 'off' });
});

test('after a yes it looks once, and again only after a day; it counts after a restart too', async () => {
  {
    await using updates = open({ desktop: window_, firstMs: 100_000 });
    await updates.handlers.allow({ allowed: true }, signal);
    await expect.poll(() => asked).toBe(1);
    await expect
      .poll(async () => (await stateOf(updates)).newer)
      .toEqual({
        version: '0.2.0',
        notes: 'Better.',
        publishedAt: null,
        page: 'https://github.com/tunesmith-app/tunesmith/releases/tag/v0.2.0',
      });
    await someTime();
    expect(asked).toBe(1);
  }
  await using again = open({ desktop: window_ });
  await someTime();
  expect(asked).toBe(1);
  expect(await stateOf(again)).toMatchObject({ mode: 'on', newer: { version: '0.2.0' } });
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3600 * 1000);
  await expect.poll(() => asked).toBe(2);
  vi.restoreAllMocks();
});

test('a yes in the desktop app is none in the browser', async () => {
  {
    await using updates = open({ desktop: window_ });
    await updates.handlers.allow({ allowed: true }, signal);
    await expect.poll(async () => (await stateOf(updates)).checkedAt).not.toBeNull();
  }
  await using browser = open();
  expect(await stateOf(browser)).toMatchObject({ mode: 'unasked' });
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3600 * 1000);
  await someTime();
  vi.restoreAllMocks();
  expect(asked).toBe(1);
});

test('“check now” asks without a yes for the future; the newest one is no news; a failure is kept in words', async () => {
  await using updates = open();
  answer = JSON.stringify({ tag_name: 'v0.1.0' });
  await updates.handlers.check({}, signal);
  expect(await stateOf(updates)).toMatchObject({ mode: 'unasked', newer: null, failure: null, checking: false });
  answer = 'no JSON';
  await updates.handlers.check({}, signal);
  expect(await stateOf(updates)).toMatchObject({ failure: { code: 'update-check-failed' } });
  expect(asked).toBe(2);
});
