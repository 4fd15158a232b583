import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Addition } from '#common/platform/additions.ts';
import { currentHost } from '#common/platform/host.ts';
import { openModelHost, type Behaviour, type ModelHost } from '../../../tests/support/model-host.ts';
import { Cuda, type CudaState } from './cuda.ts';
import type { Sight } from './sight.ts';

const entry = 'package/bins/linux-x64-cuda/libggml-cuda.so';
// Does not pack: the archive is then long enough to be cut.
const library = Buffer.concat(Array.from({ length: 5000 }, (_, at) => createHash('sha512').update(`${at}`).digest()));

let root: string;
const open: AsyncDisposable[] = [];
beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'tunesmith-cuda-'))));
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/** As npm packs a package. */
async function packed(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const source = path.join(root, 'source');
  rmSync(source, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(source, name)), { recursive: true });
    writeFileSync(path.join(source, name), content);
  }
  const file = path.join(root, 'source.tgz');
  await create({ gzip: true, file, cwd: source, portable: true }, ['package']);
  return readFileSync(file);
}

const hash = (algorithm: string, data: Buffer): string => createHash(algorithm).update(data).digest('hex');

function pinOf(archive: Buffer, change: Partial<Addition> = {}): Addition {
  return {
    packageName: '@node-llama-cpp/linux-x64-cuda',
    version: '3.22.1',
    archiveSha512: hash('sha512', archive),
    archiveBytes: archive.length,
    entry,
    fileName: 'libggml-cuda-13.so',
    bytes: library.length,
    sha256: hash('sha256', library),
    license: 'MIT',
    cuda: 13,
    ...change,
  };
}

const card: Sight = { hasCard: true, runtimes: [13], hasOwn: false };

async function hostOf(archive: Buffer, behaviour: Partial<Behaviour> = {}): Promise<ModelHost> {
  const host = await openModelHost(archive, behaviour);
  open.push(host);
  return host;
}

function cudaOf({ url }: { readonly url: string }, additions: readonly Addition[], sight = card): Cuda {
  const cuda = new Cuda({
    host: { ...currentHost(), env: { TUNESMITH_NPM_REGISTRY: new URL(url).origin } },
    folder: path.join(root, 'additions'),
    additions,
    look: () => Promise.resolve(sight),
    limits: { stallMs: 2000, retryMs: [5, 5, 5] },
  });
  open.push(cuda);
  return cuda;
}

async function finish(cuda: Cuda): Promise<CudaState> {
  await cuda.start();
  await cuda.ended();
  return cuda.state();
}
const left = (): string[] => readdirSync(path.join(root, 'additions')).filter((name) => name !== 'locks');

const usual = { [entry]: library, 'package/package.json': '{}', 'package/bins/linux-x64-cuda/libggml-base.so': 'base' };

test('fetched, checked, the one library taken out, and taken away again with its bytes', async () => {
  const archive = await packed(usual);
  const host = await hostOf(archive);
  const cuda = cudaOf(host, [pinOf(archive)]);
  expect(await cuda.state()).toEqual({ phase: 'absent', failure: null });
  expect(await finish(cuda)).toEqual({ phase: 'ready', bytes: library.length, trouble: null });
  expect(left()).toEqual(['libggml-cuda-13.so']);
  expect(readFileSync(path.join(root, 'additions', 'libggml-cuda-13.so')).equals(library)).toBe(true);
  expect(host.requests.map((request) => request.path)).toEqual([
    '/@node-llama-cpp/linux-x64-cuda/-/linux-x64-cuda-3.22.1.tgz',
  ]);
  await cuda.start();
  expect(host.requests).toHaveLength(1);
  expect(await cuda.remove()).toBe(library.length);
  expect(left()).toEqual([]);
  expect(await cuda.state()).toMatchObject({ phase: 'absent' });
});

test('a line that breaks is taken up where it broke; paused and resumed by another start, too', async () => {
  const archive = await packed(usual);
  const host = await hostOf(archive, { cutAfter: [100_000, Number.POSITIVE_INFINITY], holdAt: 200_000 });
  const pin = pinOf(archive);
  const first = cudaOf(host, [pin]);
  await first.start();
  const received = async (): Promise<number> => {
    const state = await first.state();
    return 'receivedBytes' in state ? state.receivedBytes : 0;
  };
  await vi.waitFor(async () => expect(await received()).toBeGreaterThanOrEqual(200_000), 5000);
  const there = await received();
  await first[Symbol.asyncDispose]();
  expect(host.requests[1]?.range).toMatch(/^bytes=\d{5,}-$/);
  host.behaviour.holdAt = null;
  const second = cudaOf(host, [pin]);
  expect(await second.state()).toMatchObject({ phase: 'paused', receivedBytes: there, failure: null });
  expect(await finish(second)).toMatchObject({ phase: 'ready' });
  expect(host.requests.at(-1)?.range).toBe(`bytes=${there}-`);
});

test('another archive than the pinned one is thrown away', async () => {
  const archive = await packed(usual);
  const host = await hostOf(archive);
  const cuda = cudaOf(host, [pinOf(archive, { archiveSha512: 'a'.repeat(128) })]);
  expect(await finish(cuda)).toMatchObject({ phase: 'absent', failure: { code: 'download-damaged' } });
  expect(left()).toEqual([]);
});

test.each([
  ['without the library', { 'package/package.json': '{}' }],
  ['with another library', { [entry]: Buffer.alloc(320_000, 1) }],
  ['with a library that never ends', { [entry]: Buffer.alloc(3_000_000) }],
])('an archive %s leaves nothing', async (_what, files) => {
  const archive = await packed(files);
  const cuda = cudaOf(await hostOf(archive), [pinOf(archive)]);
  expect(await finish(cuda)).toMatchObject({ phase: 'absent', failure: { code: 'download-damaged' } });
  expect(left()).toEqual([]);
});

test('a login page instead of it, a refusal and no host are told, and can be tried again', async () => {
  const archive = await packed(usual);
  const host = await hostOf(Buffer.from('<!doctype html>'.repeat(1000)));
  const cuda = cudaOf(host, [pinOf(archive)]);
  expect(await finish(cuda)).toMatchObject({ failure: { code: 'download-damaged' } });
  host.behaviour.status = 404;
  expect(await finish(cuda)).toMatchObject({ failure: { code: 'download-refused' } });
  expect(await finish(cudaOf({ url: 'http://127.0.0.1:9/' }, [pinOf(archive)]))).toMatchObject({
    failure: { code: 'download-failed' },
  });
  host.behaviour.status = 200;
  host.behaviour.file = archive;
  expect(await finish(cuda)).toMatchObject({ phase: 'ready' });
});

test('a file that was changed afterwards, and deaths while it was loaded, are seen; deaths can be forgiven', async () => {
  const archive = await packed(usual);
  const host = await hostOf(archive);
  await finish(cudaOf(host, [pinOf(archive)]));
  const folder = path.join(root, 'additions');
  for (const pid of [2 ** 22 + 1, 2 ** 22 + 2]) writeFileSync(path.join(folder, `loading-${pid}`), '');
  const again = cudaOf(host, [pinOf(archive)]);
  expect(await again.state()).toMatchObject({ phase: 'ready', trouble: 'deaths' });
  await again.forgive();
  expect(await again.state()).toMatchObject({ phase: 'ready', trouble: null });
  const bytes = Buffer.from(library);
  bytes[1000] = bytes[1000]! ^ 1;
  writeFileSync(path.join(folder, 'libggml-cuda-13.so'), bytes);
  expect(await cudaOf(host, [pinOf(archive)]).state()).toMatchObject({ phase: 'ready', trouble: 'changed' });
});

test('offered by what the computer has', async () => {
  const archive = await packed(usual);
  const host = await hostOf(archive);
  const twelve = pinOf(archive, { cuda: 12, fileName: 'libggml-cuda-12.so' });
  const both = [pinOf(archive), twelve];
  const offered = (sight: Partial<Sight>, additions = both) => cudaOf(host, additions, { ...card, ...sight }).offer();
  expect(await offered({ hasCard: false })).toBe('no-card');
  expect(await offered({ hasOwn: true })).toBe('own');
  expect(await offered({ runtimes: [] })).toBe('no-cuda');
  expect(await offered({}, [])).toBe('no-build');
  expect(await offered({ runtimes: [12] })).toMatchObject({ addition: twelve });
  expect(await offered({ runtimes: [13, 12] })).toMatchObject({ addition: both[0] });
  await expect(cudaOf(host, both, { ...card, hasCard: false }).start()).rejects.toMatchObject({ code: 'bad-request' });
  expect(existsSync(path.join(root, 'additions'))).toBe(false);
});
