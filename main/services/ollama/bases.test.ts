import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeOllama } from '../../../tests/support/ollama-fake.ts';
import { modelPath, ollamaBase } from './bases.ts';
import { listModels } from './models.ts';

let folder: string;
let gguf: string;
let other: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunesmith bases-'));
  gguf = join(folder, 'sha256-1');
  other = join(folder, 'sha256-2');
  await writeFile(gguf, 'GGUF and more');
  await writeFile(other, '{"no": "model"}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const details = { format: 'gguf' };

test('gives path and licence of a usable model', async () => {
  await using fake = await fakeOllama({
    show: { details, license: 'MIT', modelfile: `# FROM x\nFROM "${gguf}"\nFROM /projector\n` },
  });
  expect(await ollamaBase({ address: fake.address, version: '' }, 'good')).toEqual({
    path: gguf,
    name: 'good',
    license: 'MIT',
  });
});

test.each<[string, (paths: { other: string; folder: string }) => object, string, RegExp]>([
  [
    'runs elsewhere',
    () => ({ details, remote_host: 'https://example.org', modelfile: '' }),
    'file-unsupported',
    /somebody else/,
  ],
  ['is safetensors', () => ({ details: { format: 'safetensors' }, modelfile: '' }), 'file-unsupported', /safetensors/],
  [
    'is split',
    () => ({ details, model_info: { 'split.count': 3 }, modelfile: 'FROM /a' }),
    'file-unsupported',
    /split/,
  ],
  ['stands on another', () => ({ details, modelfile: 'FROM llama3:8b' }), 'file-unsupported', /does not say where/],
  [
    'is in a container',
    ({ folder }) => ({ details, modelfile: `FROM ${folder}/gone` }),
    'file-unsupported',
    /not on this computer/,
  ],
  ['is no GGUF', ({ other }) => ({ details, modelfile: `FROM ${other}` }), 'file-unsupported', /not a GGUF/],
])('a model that %s cannot be a base', async (_what, show, code, words) => {
  await using fake = await fakeOllama({ show: show({ other, folder }) });
  const server = { address: fake.address, version: '' };
  await expect(ollamaBase(server, 'bad')).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
});

test.each([
  ['FROM /var/lib/ollama/blobs/sha256-1', '/var/lib/ollama/blobs/sha256-1'],
  ['FROM C:\\Users\\Anna B\\.ollama\\models\\blobs\\sha256-1\r', 'C:\\Users\\Anna B\\.ollama\\models\\blobs\\sha256-1'],
  ['# FROM /comment\n\nFROM "/with space/x"  \nTEMPLATE x', '/with space/x'],
  ['FROM library/name', undefined],
  ['', undefined],
])('finds the path in %j', (text, path) => {
  expect(modelPath(text)).toBe(path);
});

test('an answer that is not JSON becomes an error in words, and nothing is printed', async () => {
  await using fake = await fakeOllama({ version: null });
  await expect(listModels({ address: fake.address, version: '' })).rejects.toMatchObject({ code: 'ollama-too-old' });
});
