import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { ZipFile } from 'yazl';
import type { Host } from '#common/platform/host.ts';
import { runFolder } from '../services/paths.ts';
import { addRun, openTestStore, temporaryDataFolder } from '../../tests/support/record.ts';
import { startEvent, stepEvent } from '../../tests/support/record-events.ts';
import { exportRun } from './export-run.ts';
import { saveComparisons, saveReport } from './figures.ts';
import { importRun, isImported, lookIntoRun } from './import-run.ts';
import { listRuns, runDetail } from './run-queries.ts';
import { changeRun, createRun } from './runs.ts';
import type { Store } from './store.ts';
import { recordEvent } from './train-events.ts';

type Home = ReturnType<typeof temporaryDataFolder>;
let from: { readonly layout: Home; readonly store: Store };
let to: { readonly layout: Home; readonly store: Store };
const host: Host = { platform: 'linux', arch: 'x64', env: {}, home: '/home/ada' };

const open = () => {
  const layout = temporaryDataFolder();
  return { layout, store: openTestStore(layout) };
};
beforeEach(() => {
  from = open();
  to = open();
});
afterEach(() => {
  for (const { store, layout } of [from, to]) {
    store[Symbol.dispose]();
    layout[Symbol.dispose]();
  }
});

/** A trained run with something of everything, and a program that judges its answers. */
function trainedRun(): string {
  const { store, layout } = from;
  const first = addRun(store);
  const { recipe } = runDetail(store.db, first.id);
  const id = createRun(store, {
    title: 'Lessons',
    base: 'b'.repeat(64),
    dataset: first.dataset,
    recipe: { ...recipe, check: { kind: 'command', program: '/home/ada/bin/judge', args: ['--strict'] } },
    engineBuild: 'test',
  });
  const folder = runFolder(layout, id);
  mkdirSync(folder);
  const adapter = Buffer.alloc(300_000, 7);
  writeFileSync(path.join(folder, 'adapter.gguf'), adapter);
  const row = JSON.stringify({
    messages: [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
    ],
  });
  writeFileSync(path.join(folder, 'held-out.jsonl'), `${row}\n`);
  changeRun(store, id, { type: 'prepare', at: 1 });
  recordEvent(store, id, startEvent(0, 2));
  recordEvent(store, id, stepEvent(1));
  recordEvent(store, id, stepEvent(2));
  recordEvent(store, id, { type: 'evaluation', update: 1, heldOutLoss: 1.5, tokenAccuracy: 0.4, learnedTokens: 90 });
  recordEvent(store, id, { type: 'answers', update: 1, passed: 2, of: 4, stopped: 3 });
  recordEvent(store, id, { type: 'notice', update: 1, code: 'rolled-back', message: 'once' });
  recordEvent(store, id, { type: 'sample', update: 1, prompt: 'q', answer: 'a', passed: true, stopped: true });
  recordEvent(store, id, {
    type: 'artifact',
    kind: 'adapter',
    path: path.join(folder, 'adapter.gguf'),
    bytes: adapter.length,
    sha256: createHash('sha256').update(adapter).digest('hex'),
  });
  recordEvent(store, id, { type: 'done', update: 2, outcome: 'finished', keptUpdate: 1, reason: 'best answers' });
  changeRun(store, id, { type: 'finish', at: 2 });
  saveComparisons(store.db, id, [{ prompt: 'q', base: 'b', tuned: 't' }], 1);
  const report = { examples: 4, learnedTokens: 9, loss: 1, tokenAccuracy: 0.5, passed: 1, of: 4, stopped: 4 };
  saveReport(store.db, id, { subject: 'base', ...report }, 1);
  saveReport(store.db, id, { subject: 'adapter', ...report }, 2);
  return id;
}

async function unzip(file: string): Promise<Map<string, Buffer>> {
  const zip = await yauzl.openPromise(file);
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry())
    entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return entries;
}

async function zipped(
  entries: Iterable<readonly [string, Buffer | string]>,
  patch?: (zip: Buffer) => void,
): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content] of entries) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const file = path.join(to.layout.root, 'forged.zip');
  const bytes = await buffer(zip.outputStream);
  patch?.(bytes);
  await pipeline([bytes], createWriteStream(file));
  return file;
}

async function exported(): Promise<{ readonly id: string; readonly file: string }> {
  const id = trainedRun();
  const file = path.join(from.layout.root, 'run.zip');
  await exportRun(from.store, id, file, { host });
  return { id, file };
}

/** Nothing of a refused file is left: no run, no folder, no data set. */
function expectNothingKept(): void {
  expect(listRuns(to.store.db)).toEqual([]);
  for (const folder of [to.layout.runs, to.layout.datasets, to.layout.tmp]) expect(readdirSync(folder)).toEqual([]);
}

test('exported, imported elsewhere and exported again, a run is the same', async () => {
  const { id, file } = await exported();
  const imported = await importRun(to.store, file);
  expect(imported).toEqual({ id, title: 'Lessons', checkProgram: true, hasBase: false });
  expect(isImported(to.layout, id)).toBe(true);
  const again = path.join(to.layout.root, 'again.zip');
  await exportRun(to.store, id, again, { host });
  const [first, second] = [await unzip(file), await unzip(again)];
  expect([...second.keys()]).toEqual([...first.keys()]);
  for (const [name, content] of first)
    expect(second.get(name)?.toString('latin1'), name).toBe(content.toString('latin1'));
  expect(readdirSync(to.layout.tmp)).toEqual([]);
});

test('before it is imported, a file says what it is and what judged it; nothing of it is kept', async () => {
  const { id, file } = await exported();
  const facts = { title: 'Lessons', examples: 40, base: 'tiny.gguf', checkProgram: 'judge --strict' };
  await expect(lookIntoRun(to.store, file)).resolves.toMatchObject({ ...facts, known: null });
  expectNothingKept();
  await expect(lookIntoRun(from.store, file)).resolves.toMatchObject({ known: id });
  await expect(lookIntoRun(to.store, await zipped([['run.json', '{}']]))).rejects.toMatchObject({
    code: 'file-unsupported',
  });
});

test('a run that is here already is not taken twice', async () => {
  const { file } = await exported();
  await importRun(to.store, file);
  await expect(importRun(to.store, file)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(importRun(from.store, file)).rejects.toMatchObject({ code: 'bad-request' });
  expect(listRuns(to.store.db)).toHaveLength(1);
});

test('what is not what its hash says is refused', async () => {
  const { file } = await exported();
  for (const name of ['dataset.jsonl', 'adapter.gguf']) {
    const entries = await unzip(file);
    entries.set(name, Buffer.concat([entries.get(name)!, Buffer.from('\n')]));
    await expect(importRun(to.store, await zipped(entries)), name).rejects.toMatchObject({ code: 'file-corrupt' });
    expectNothingKept();
  }
});

test.each([
  ['a name that leads out of its folder', '../evil.gguf'],
  ['an absolute name', '/tmp/evil.gguf'],
  ['a name that no run has', 'autorun.sh'],
])('%s is refused', async (_what, name) => {
  const { file } = await exported();
  const held = 'x'.repeat(name.length);
  const entries = [...(await unzip(file)), [held, Buffer.from('evil')] as const];
  // yazl would not write such a name, so it is put in afterwards, at both of its places.
  const forged = await zipped(entries, (bytes) => {
    for (let at = bytes.indexOf(held); at !== -1; at = bytes.indexOf(held, at + 1)) bytes.write(name, at);
  });
  await expect(importRun(to.store, forged)).rejects.toMatchObject({ code: 'file-unsupported' });
  expectNothingKept();
  expect(existsSync(path.join(to.layout.root, '..', 'evil.gguf'))).toBe(false);
});

test.each<[string, (document: Record<string, unknown>) => unknown]>([
  ['an id that is a path', (document) => ({ ...document, id: '../../x' })],
  [
    'a run that claims to be at work',
    (document) => ({ ...document, state: { phase: 'preparing', at: 1, progress: null } }),
  ],
  ['settings that are not those of their hash', (document) => ({ ...document, recipeSha256: '0'.repeat(64) })],
  [
    'an artifact elsewhere',
    (document) => ({
      ...document,
      artifacts: [{ kind: 'adapter', path: '/etc/passwd', bytes: 1, sha256: '0'.repeat(64) }],
    }),
  ],
  ['figures that are none', (document) => ({ ...document, figures: { steps: 'many' } })],
  ['nothing', () => null],
])('a document with %s is refused', async (_what, change) => {
  const { file } = await exported();
  const entries = await unzip(file);
  const document = JSON.parse(String(entries.get('run.json'))) as Record<string, unknown>;
  entries.set('run.json', Buffer.from(JSON.stringify(change(document))));
  await expect(importRun(to.store, await zipped(entries))).rejects.toMatchObject({ code: 'file-corrupt' });
  expectNothingKept();
});

test('a newer version, a file that is no zip, and a missing one are told apart', async () => {
  const { file } = await exported();
  const entries = await unzip(file);
  const document = JSON.parse(String(entries.get('run.json'))) as Record<string, unknown>;
  entries.set('run.json', Buffer.from(JSON.stringify({ ...document, version: 2 })));
  await expect(importRun(to.store, await zipped(entries))).rejects.toMatchObject({
    code: 'file-unsupported',
    message: expect.stringMatching(/newer version/),
  });
  const noZip = path.join(to.layout.root, 'no.zip');
  writeFileSync(noZip, 'hello');
  await expect(importRun(to.store, noZip)).rejects.toMatchObject({ code: 'file-unsupported' });
  await expect(importRun(to.store, `${noZip}x`)).rejects.toMatchObject({ code: 'file-not-found' });
  expectNothingKept();
});

test('a part that unpacks to more than it says breaks off', async () => {
  const { file } = await exported();
  const entries = await unzip(file);
  const forged = await zipped(entries, (bytes) => {
    // The central directory's entry of dataset.jsonl: its unpacked size, 24 bytes after the signature.
    const name = bytes.lastIndexOf('dataset.jsonl');
    bytes.writeUInt32LE(10, name - 46 + 24);
  });
  await expect(importRun(to.store, forged)).rejects.toThrow();
  expectNothingKept();
});

test('cancelled, nothing is kept', async () => {
  const { file } = await exported();
  await expect(importRun(to.store, file, { signal: AbortSignal.abort() })).rejects.toThrow();
  expectNothingKept();
});
