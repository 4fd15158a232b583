/** Models as the window sees them: bundled, downloaded from a real host on this computer, chosen as files. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DownloadState } from '#common/contract/app/models.ts';
import { startCli } from '../support/cli.ts';
import { catalogueFor, openModelHost } from '../support/model-host.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { openTestWindow, type TestWindow } from '../support/window.ts';

let folder: string;
let model: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-models-'));
  const file = path.join(folder, 'tiny.gguf');
  await writeTinyModel(file, { architecture: 'llama', layers: 1 });
  model = readFileSync(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function homeOf(name: string): string {
  const home = path.join(folder, name);
  mkdirSync(home);
  return home;
}

async function until(
  client: TestWindow['client'],
  fits: (state: DownloadState) => boolean,
): Promise<readonly DownloadState[]> {
  const seen: DownloadState[] = [];
  const limit = AbortSignal.timeout(60_000);
  for await (const states of client.models.downloads({}, limit)) {
    const state = states.find(({ id }) => id === 'tiny')!.state;
    seen.push(state);
    if (fits(state)) return seen;
  }
  throw new Error('the stream ended');
}

test('a download goes on while the window is reloaded, and the model can be chosen when it is done', async () => {
  await using host = await openModelHost(model, { paceMs: 20 });
  const home = homeOf('reload');
  const env = catalogueFor(host, path.join(folder, 'reload.json'));
  await using window = openTestWindow(home, env);
  const row = async () => (await window.client.models.list({})).models.find(({ id }) => id === 'tiny');
  expect(await row()).toMatchObject({ available: false, origin: 'download', quantization: 'F32' });
  await expect(window.client.models.inspect({ id: 'tiny' })).rejects.toMatchObject({ code: 'file-not-found' });

  await window.client.models.download({ id: 'tiny', accept: false });
  await until(window.client, ({ phase }) => phase === 'downloading');
  const seen = await until(window.reload(), ({ phase }) => phase === 'ready');
  expect(seen[0]).toMatchObject({ phase: 'downloading', totalBytes: model.length });
  // Several words on the way, and each says more than the one before.
  const received = seen.flatMap((state) => (state.phase === 'downloading' ? [state.receivedBytes] : []));
  expect(received.length).toBeGreaterThan(1);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
  expect(host.requests).toHaveLength(2);

  expect(await row()).toMatchObject({ available: true, bytes: model.length });
  const base = await window.client.models.inspect({ id: 'tiny' });
  expect(base).toMatchObject({ source: 'catalogue', info: { architecture: 'llama', supported: true } });
  expect(await window.client.models.deleteDownloaded({ id: 'tiny' })).toEqual({ freedBytes: model.length });
  expect(existsSync(base.path)).toBe(false);
}, 120_000);

test('the app ends in mid-download: the next start goes on with what is there, when the person says so', async () => {
  await using host = await openModelHost(model, { paceMs: 20 });
  const env = catalogueFor(host, path.join(folder, 'restart.json'));
  const home = homeOf('restart');
  {
    await using window = openTestWindow(home, env);
    await window.client.models.download({ id: 'tiny', accept: false });
    await until(window.client, (state) => state.phase === 'downloading' && state.receivedBytes > 50_000);
  }
  await using again = openTestWindow(home, env);
  const asked = host.requests.length;
  const [first] = await until(again.client, ({ phase }) => phase === 'paused');
  expect(first).toMatchObject({ phase: 'paused', totalBytes: model.length, failure: null });
  // Nothing is contacted by itself.
  expect(host.requests).toHaveLength(asked);
  await again.client.models.download({ id: 'tiny', accept: false });
  await until(again.client, ({ phase }) => phase === 'ready');
  expect(host.requests.at(-1)?.range).toMatch(/^bytes=\d{5,}-$/);
}, 120_000);

test('a file that is whole but no model is refused by the engine and never gets its name', async () => {
  const broken = Buffer.from(model);
  broken.fill(0xff, 24, 200);
  await using host = await openModelHost(broken);
  await using window = openTestWindow(homeOf('broken'), catalogueFor(host, path.join(folder, 'broken.json')));
  await window.client.models.download({ id: 'tiny', accept: false });
  const last = (await until(window.client, (state) => 'failure' in state && state.failure !== null)).at(-1);
  expect(last).toMatchObject({ failure: { code: 'file-corrupt' } });
  expect((await window.client.models.list({})).models.find(({ id }) => id === 'tiny')?.available).toBe(false);
}, 120_000);

test('what comes with the app is there at the first start; without it the entry says so', async () => {
  const bundled = path.join(folder, 'bundled');
  mkdirSync(bundled);
  {
    await using window = openTestWindow(homeOf('none'), { TUNESMITH_BUNDLED_MODELS: bundled });
    const { models } = await window.client.models.list({});
    expect(models.find(({ id }) => id === 'practice')).toMatchObject({ available: false, origin: 'bundled' });
    await expect(window.client.models.inspect({ id: 'practice' })).rejects.toMatchObject({
      code: 'file-not-found',
      advice: expect.any(String) as string,
    });
  }
  writeFileSync(path.join(bundled, 'practice.gguf'), model);
  await using window = openTestWindow(homeOf('bundled-home'), { TUNESMITH_BUNDLED_MODELS: bundled });
  const { models } = await window.client.models.list({});
  expect(models[0]).toMatchObject({ id: 'practice', available: true, license: 'MIT', bytes: model.length });
  expect(await window.client.models.inspect({ id: 'practice' })).toMatchObject({ source: 'catalogue' });
}, 120_000);

test('command line: download, use, delete; a licence is asked for first', async () => {
  await using host = await openModelHost(model);
  const license = { name: 'Test Terms', url: 'https://example.org/terms', mustAccept: true };
  const env = catalogueFor(host, path.join(folder, 'cli.json'), { license });
  const cli = (...args: string[]) => startCli(args, { home: path.join(folder, 'cli'), env }).finished;
  const refused = await cli('models', 'download', 'tiny');
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain('--accept-license');
  expect(host.requests).toEqual([]);
  const done = await cli('models', 'download', 'tiny', '--accept-license', '--json');
  expect(done.code).toBe(0);
  expect(done.rows.at(-1)).toMatchObject({ type: 'done', id: 'tiny', bytes: model.length });
  const inspected = await cli('inspect', 'tiny', '--json');
  expect(inspected.rows[0]).toMatchObject({ architecture: 'llama', supported: true });
  const deleted = await cli('models', 'delete', 'tiny', '--json');
  expect(deleted.rows).toEqual([{ id: 'tiny', freedBytes: model.length }]);
  expect((await cli('models', 'download', 'nobody')).code).toBe(2);
}, 180_000);

test('the guided sample is ready to be trained: examples, model, check and questions are in place', async () => {
  const bundled = path.join(folder, 'sample-bundled');
  mkdirSync(bundled);
  writeFileSync(path.join(bundled, 'practice.gguf'), model);
  await using window = openTestWindow(homeOf('sample'), { TUNESMITH_BUNDLED_MODELS: bundled });
  const draft = await window.client.drafts.createSample({});
  expect(draft).toMatchObject({
    title: 'Lantern, the lamp shop',
    base: { id: 'practice', title: 'Practice model' },
    step: 'preview',
    preset: 'quick',
    view: { guided: true },
    check: { kind: 'regex' },
  });
  expect(draft.questions).toHaveLength(3);
  expect((await window.client.examples.summary({ draft: draft.id })).examples).toBe(82);
  const lengths = await window.client.preview.lengths({ draft: draft.id });
  const { rows } = await window.client.preview.rows({ draft: draft.id, rows: [1] });
  expect(lengths.measurement.examples).toBe(82);
  expect(rows[0]?.tokens.some(({ role }) => role === 'learned')).toBe(true);
}, 120_000);

test('without any model the guided sample begins with choosing one', async () => {
  const env = { TUNESMITH_BUNDLED_MODELS: path.join(folder, 'nowhere') };
  await using window = openTestWindow(homeOf('sample-bare'), env);
  expect(await window.client.drafts.createSample({})).toMatchObject({ base: null, step: 'model' });
}, 120_000);
