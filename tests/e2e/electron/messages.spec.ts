/** Main answers what the contract names and refuses everything else, whoever sends it and however often. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { appContract } from '#common/contract/app/app.ts';
import { flatten } from '#common/wire/features.ts';
import type { Definition } from '#common/contract/define.ts';
import { expect, test } from './shell.ts';

const entries = Object.entries(flatten<Definition>(appContract));
const payloadsEach = 1000;

interface Refusal {
  readonly type: string;
  readonly id: number | null;
  readonly failure?: { readonly code: string };
}

// A trace of so many messages would be larger than all else together.
test.use({ trace: 'off' });

test('1,000 malformed payloads on every entry are refused with a code and change nothing', async ({ shell }) => {
  test.setTimeout(20 * 60_000);
  const { page } = shell.now;
  await page.evaluate(listen);
  const before = fingerprint(shell.data);
  let id = 1;
  for (const [name, { input }] of entries) {
    const shape = (input as { readonly shape?: Record<string, unknown> }).shape ?? {};
    const keys = [...Object.keys(shape), 'extra'];
    const values = fc.anything({ maxDepth: 2, withNullPrototype: false, key: fc.constantFrom(...keys) });
    const payloads = fc
      .sample(
        fc.oneof(
          values,
          fc.dictionary(fc.constantFrom(...keys), fc.anything({ maxDepth: 1 }), { maxKeys: 4 }),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        { numRuns: payloadsEach * 2, seed: 7 },
      )
      // What happens to be as agreed is no forgery; and what JSON cannot say does not reach the page as it is.
      .map((value) => JSON.parse(JSON.stringify(value) ?? 'null') as unknown)
      .filter((value) => !input.safeParse(value).success);
    // Few values are wrong where nothing is asked for: the rest are the same ones again.
    const sent = Array.from({ length: payloadsEach }, (_, index) => payloads[index % payloads.length]);
    const answers = await page.evaluate(callAll, { name, first: id, inputs: sent });
    id += payloadsEach;
    const wrong = answers.filter(({ type, failure }) => type !== 'fail' || failure?.code !== 'bad-request');
    expect(wrong.slice(0, 3), name).toEqual([]);
    expect(new Set(answers.map((answer) => answer.id)).size, name).toBe(payloadsEach);
  }
  expect(fingerprint(shell.data)).toEqual(before);
});

test('what is no call, names nothing, or is too large is refused; then it works on as before', async ({ shell }) => {
  const { page } = shell.now;
  await page.evaluate(listen);
  const before = fingerprint(shell.data);
  const answers = await page.evaluate(async () => {
    const { replies } = globalThis as unknown as { replies: Refusal[] };
    const post = (message: unknown): void => window.tunesmith!.post(message);
    const names = ['nothing.here', '__proto__', 'constructor', 'toString', 'runs', 'runs.list.x', ''];
    names.forEach((name, index) => post({ type: 'call', id: 900_001 + index, name, input: {} }));
    for (const message of [
      null,
      1,
      'call',
      [],
      {},
      { type: 'call' },
      { type: 'run', id: 1 },
      { type: 'call', id: -1, name: 'runs.list', input: {} },
      { type: 'call', id: 1, name: 'runs.list', input: {}, extra: 1 },
      { type: 'more', id: 1, count: 1e9 },
    ]) {
      post(message);
    }
    post({ type: 'call', id: 900_100, name: 'drafts.create', input: { title: 'x'.repeat(20_000_000) } });
    post({ type: 'call', id: 900_101, name: 'settings.get', input: {} });
    for (let waits = 0; waits < 200 && !replies.some(({ id }) => id === 900_101); waits += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return replies.map(({ type, id, failure }) => ({ type, id, code: failure?.code }));
  });
  expect(answers.filter(({ id }) => id === null)).toHaveLength(11);
  expect(answers.filter(({ id }) => id !== null && id < 900_100)).toHaveLength(7);
  expect(answers.filter(({ code }) => code === 'bad-request')).toHaveLength(18);
  expect(answers.at(-1)).toMatchObject({ type: 'done', id: 900_101 });
  expect(fingerprint(shell.data)).toEqual(before);
});

test('another window with the same preload and page is not listened to', async ({ shell }) => {
  const { app } = shell.now;
  const before = fingerprint(shell.data);
  const preload = path.resolve(import.meta.dirname, '../../../.vite/build/preload.cjs');
  const replies = await app.evaluate(async ({ BrowserWindow }, preload) => {
    const forged = new BrowserWindow({
      show: false,
      webPreferences: { preload, sandbox: true, contextIsolation: true },
    });
    await forged.loadURL('tunesmith://app/');
    const heard = (await forged.webContents.executeJavaScript(`(async () => {
      const heard = [];
      window.tunesmith.onMessage((message) => heard.push(message));
      window.tunesmith.post({ type: 'call', id: 5001, name: 'settings.save', input: { theme: 'dark' } });
      window.tunesmith.post({ type: 'call', id: 5002, name: 'runs.list', input: {} });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return heard.length;
    })()`)) as number;
    forged.destroy();
    return heard;
  }, preload);
  expect(replies).toBe(0);
  expect(fingerprint(shell.data)).toEqual(before);
  // The real one goes on.
  await expect(shell.now.page.getByRole('heading', { level: 1 })).toBeVisible();
});

/** In the page: from now on the test hears main, and the app does not. */
function listen(): void {
  const kept = globalThis as unknown as { replies: Refusal[] };
  kept.replies = [];
  window.tunesmith!.onMessage((message) => {
    const reply = message as Refusal;
    // Streams that the app had opened go on for a while.
    if (reply.type !== 'event') kept.replies.push(reply);
  });
}

/** In the page. */
async function callAll({
  name,
  first,
  inputs,
}: {
  readonly name: string;
  readonly first: number;
  readonly inputs: readonly unknown[];
}): Promise<readonly Refusal[]> {
  const kept = globalThis as unknown as { replies: Refusal[] };
  kept.replies = [];
  inputs.forEach((input, index) =>
    window.tunesmith!.post({ type: 'call', id: 1_000_000 + first + index, name, input }),
  );
  const ours = (): readonly Refusal[] => kept.replies.filter(({ id }) => id !== null && id >= 1_000_000);
  for (let waits = 0; waits < 400 && ours().length < inputs.length; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return ours();
}

/** Of every file but the window's own and what SQLite does by itself. */
function fingerprint(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .filter((file) => !/^(window|locks|logs)\b/.test(path.relative(folder, file)) && !/-(wal|shm)$|\.lock/.test(file))
      .map((file) => [path.relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}
