import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineContract } from '#common/contract/engine.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { inspectModel } from '../gguf/inspect.ts';
import { integer } from '../gguf/metadata.ts';
import { readGguf } from '../gguf/read.ts';
import { checkFreeBytes } from '../gguf/write-failure.ts';
import { shrink, type ShrinkEvent } from './shrink.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-shrink-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const at = (name: string): string => path.join(folder, name);

/** Some 20 MB as F32: long enough to be cancelled. */
const large = { architecture: 'gemma3', layers: 6, embeddingLength: 256, feedForward: 2048, headDim: 64 } as const;

test('tells progress and then the artifact, as the contract has them', async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'llama' });
  const events: ShrinkEvent[] = [];
  for await (const event of shrink({ basePath, quant: 'Q8_0', outPath: at('out.gguf'), name: 'Mine' }))
    events.push(event);
  expect(engineContract.shrink.kind).toBe('stream');
  const last = events.at(-1);
  expect(last).toMatchObject({
    type: 'artifact',
    kind: 'quantized',
    path: at('out.gguf'),
    bytes: fs.statSync(at('out.gguf')).size,
  });
  const progress = events
    .slice(0, -1)
    .map((event) => (event.type === 'progress' ? event.completed / event.total : Number.NaN));
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  const info = await inspectModel(at('out.gguf'));
  expect(info).toMatchObject({ supported: true, name: 'Mine', fileType: 'Q8_0', endOfTurn: '<|im_end|>' });
  expect(fs.readdirSync(folder).sort()).toEqual(['base.gguf', 'out.gguf']);
});

test("a base without a template gets its family's, with the token that ends a turn", async () => {
  const metadata = { 'tokenizer.ggml.eot_token_id': null };
  const { path: basePath, tokenizer } = await writeTinyModel(at('base.gguf'), {
    architecture: 'gemma3',
    chatTemplate: null,
    metadata,
  });
  for await (const event of shrink({ basePath, quant: 'F16', outPath: at('out.gguf') })) {
    if (event.type === 'artifact') expect(event.kind).toBe('merged');
  }
  const out = await readGguf(at('out.gguf'));
  expect(out.metadata.get('tokenizer.chat_template')?.value).toContain('<start_of_turn>');
  expect(integer(out, 'tokenizer.ggml.eot_token_id')).toBe(tokenizer.eot);
});

test("a base's own template is kept unless another one is chosen", async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'qwen2' });
  const own = (await inspectModel(basePath)).chatTemplate;
  for await (const _ of shrink({ basePath, quant: 'F16', outPath: at('own.gguf') }));
  expect((await inspectModel(at('own.gguf'))).chatTemplate).toBe(own);
  for await (const _ of shrink({ basePath, quant: 'F16', outPath: at('plain.gguf'), chatTemplate: 'plain' }));
  expect((await inspectModel(at('plain.gguf'))).chatTemplate).toContain('### Answer');
  const refused = shrink({ basePath, quant: 'F16', outPath: at('no.gguf'), chatTemplate: 'gemma' }).next();
  await expect(refused).rejects.toMatchObject({ code: 'template-invalid' });
});

test('a cancel by signal and leaving the loop both end the work and leave nothing', async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), large);
  const controller = new AbortController();
  const cancelled = (async () => {
    for await (const event of shrink({ basePath, quant: 'Q4_K_M', outPath: at('out.gguf') }, controller.signal)) {
      if (event.type === 'progress') controller.abort();
    }
  })();
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  expect(fs.readdirSync(folder)).toEqual(['base.gguf']);
  for await (const event of shrink({ basePath, quant: 'Q4_K_M', outPath: at('out.gguf') })) {
    expect(event.type).toBe('progress');
    break;
  }
  expect(fs.readdirSync(folder)).toEqual(['base.gguf']);
});

test('refuses before any work where the disk is too small', async () => {
  const refused = checkFreeBytes(at('out.gguf'), 2 ** 60);
  await expect(refused).rejects.toMatchObject({ code: 'disk-full', message: /needs .* MB, and .* MB are free/ });
  await checkFreeBytes(at('out.gguf'), 1);
});

test('a missing base, an adapter in its place, and a damaged adapter are said as what they are', async () => {
  const { path: basePath } = await writeTinyModel(at('base.gguf'), { architecture: 'llama' });
  fs.writeFileSync(at('broken.gguf'), fs.readFileSync(basePath).subarray(0, 3000));
  const run = (input: { basePath: string; adapterPath?: string }) =>
    shrink({ ...input, quant: 'Q8_0', outPath: at('out.gguf') }).next();
  await expect(run({ basePath: at('none.gguf') })).rejects.toMatchObject({ code: 'file-not-found' });
  await expect(run({ basePath, adapterPath: at('broken.gguf') })).rejects.toMatchObject({ code: 'file-corrupt' });
  await expect(run({ basePath, adapterPath: basePath })).rejects.toMatchObject({ code: 'file-unsupported' });
  expect(fs.readdirSync(folder).sort()).toEqual(['base.gguf', 'broken.gguf']);
});
