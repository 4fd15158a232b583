import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fakeOllama, type FakeOllama, type Misbehaviour } from '../../../tests/support/ollama-fake.ts';
import { installModel, type InstallProgress, type InstallRequest } from './install.ts';
import { listModels } from './models.ts';

/** The same against a real server is in tests/ollama; here it is made to do what a real one does not do on request. */
const bytes = 5_000_000;
const content = randomBytes(bytes);
const sha256 = createHash('sha256').update(content).digest('hex');
let folder: string;
let ggufPath: string;
let fake: FakeOllama;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunesmith-install-'));
  ggufPath = join(folder, 'model-Q8_0.gguf');
  await writeFile(ggufPath, content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => fake[Symbol.asyncDispose]());

async function installing(misbehaviour: Misbehaviour, request: Partial<InstallRequest> = {}) {
  fake = await fakeOllama(misbehaviour);
  const server = { address: fake.address, version: '0.34.0' };
  return installModel({ server, ggufPath, name: 'helper', stops: ['<end>'], retries: 0, ...request });
}

test('sends exactly what was asked, and nothing a server would ignore', async () => {
  const progress: InstallProgress[] = [];
  const result = await installing(
    {},
    { template: '{{ .Content }}', system: 'Be kind.', license: 'MIT', onProgress: (each) => progress.push(each) },
  );
  expect(result).toMatchObject({ name: 'helper:latest', bytes, sha256, uploaded: true, replaced: false });
  expect(fake.complaints).toEqual([]);
  expect(fake.uploads).toEqual([{ digest: `sha256:${sha256}`, bytes }]);
  expect(fake.created).toEqual([
    {
      model: 'helper:latest',
      files: { 'model-Q8_0.gguf': `sha256:${sha256}` },
      template: '{{/* made by Tunesmith */}}{{ .Content }}',
      parser: 'passthrough',
      system: 'Be kind.',
      license: 'MIT',
      parameters: { temperature: 0.2, repeat_penalty: 1.1, stop: ['<end>'] },
      stream: true,
    },
  ]);
  const uploaded = progress.filter(({ stage }) => stage === 'uploading').map(({ completed }) => completed);
  expect(uploaded.length).toBeGreaterThan(3);
  expect(uploaded).toEqual([...uploaded].sort((a, b) => a - b));
});

test('an upload that is cut is begun again, and the whole file arrives', async () => {
  const result = await installing({ dieAtByte: 2_000_000, deaths: 2 }, { retries: 2 });
  expect(result.uploaded).toBe(true);
  expect(fake.uploads).toEqual([{ digest: `sha256:${sha256}`, bytes }]);
});

test('an upload that is cut every time is an error that may be tried again', async () => {
  await expect(installing({ dieAtByte: 2_000_000, deaths: 9 }, { retries: 1 })).rejects.toMatchObject({
    code: 'ollama-interrupted',
    retryable: true,
  });
  expect(fake.created).toEqual([]);
});

test('a server that takes no more bytes is given up on', async () => {
  await expect(installing({ stallAtByte: 1_000_000 }, { stallMs: 300 })).rejects.toMatchObject({
    code: 'ollama-interrupted',
  });
});

test('waiting for a stalled server can be cancelled', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('a reason of its own')), 200);
  await expect(installing({ stallAtByte: 1_000_000 }, { signal: controller.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
});

test('an answer that comes before the whole file was read is heard', async () => {
  const body = '{"error":"write /models/blobs/x: no space left on device"}';
  await expect(installing({ uploadAnswer: { status: 500, body } })).rejects.toMatchObject({ code: 'disk-full' });
});

test('a file that changes while it is sent is noticed', async () => {
  const path = join(folder, 'changing.gguf');
  await writeFile(path, content);
  const wrong = installing({}, { ggufPath: path, sha256: '0'.repeat(64) });
  await expect(wrong).rejects.toMatchObject({ code: 'ollama-interrupted', message: expect.stringMatching(/changed/) });
  await fake[Symbol.asyncDispose]();
  const shrinking = installing(
    {},
    {
      ggufPath: path,
      sha256,
      stallMs: 500,
      onProgress: ({ stage, completed }) => {
        if (stage === 'uploading' && completed < 2_000_000) void truncate(path, 2_000_000);
      },
    },
  );
  await expect(shrinking).rejects.toMatchObject({ code: 'ollama-interrupted' });
});

test.each([
  ['a full disk', 'write x: no space left on device', 'disk-full'],
  ['a full disk on Windows', 'write x: There is not enough space on the disk.', 'disk-full'],
  ['a truncated file', 'tensor "blk.1.ffn_up.weight" offset+size (1000) exceeds file size (900)', 'file-corrupt'],
  ['a truncated header', 'unexpected EOF', 'file-corrupt'],
  ['a truncated header, short', 'EOF', 'file-corrupt'],
  ['something that is no model', 'supplied file was not in GGUF format', 'file-corrupt'],
  ['a blob that vanished', 'open /models/blobs/sha256-1: no such file or directory', 'ollama-interrupted'],
  [
    'an unknown architecture',
    'failed to validate GGUF with llama-quantize without compatibility patches: exit status 1',
    'ollama-refused',
  ],
  ['an unknown architecture, older', 'unable to load model: /models/blobs/sha256-1', 'ollama-refused'],
  ['a broken template', 'template error: template: :1: unexpected EOF in range', 'template-invalid'],
  ['a model too large', 'model requires more system memory (8.0 GiB) than is available (4.0 GiB)', 'out-of-memory'],
  ['a store that is read-only', 'open /models/blobs/x: permission denied', 'ollama-refused'],
  ['a model for a newer Ollama', 'this model requires a newer version of Ollama', 'ollama-too-old'],
  ['something unheard of', 'the moon is full', 'ollama-refused'],
])('puts %s into words', async (_what, error, code) => {
  const failing = installing({ createLines: [{ status: 'parsing GGUF' }, { error }] });
  await expect(failing).rejects.toMatchObject({ code, advice: expect.stringMatching(/\w/) });
  expect(await listModels({ address: fake.address, version: '' })).toEqual([]);
});

test.each([
  ['refuses the name', 400, '{"error":"invalid model name"}', 'ollama-refused'],
  ['refuses the program', 403, '', 'ollama-refused'],
  ['is too old to know the request', 400, '{"error":"path or modelfile are required"}', 'ollama-too-old'],
  ['does not know the address', 404, '404 page not found', 'ollama-too-old'],
  ['stands behind a proxy that fails', 502, '<html>Bad Gateway</html>', 'ollama-refused'],
])('a server that %s', async (_what, status, body, code) => {
  await expect(installing({ createAnswer: { status, body } })).rejects.toMatchObject({ code });
});

test('a stream that is cut before success is no success', async () => {
  const lines = [{ status: 'parsing GGUF' }, { status: 'writing manifest' }];
  await expect(installing({ createLines: lines, cut: true })).rejects.toMatchObject({ code: 'ollama-interrupted' });
  await fake[Symbol.asyncDispose]();
  await expect(installing({ createLines: lines })).rejects.toMatchObject({ code: 'ollama-interrupted' });
});
