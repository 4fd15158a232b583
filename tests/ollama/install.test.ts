import { spawnSync } from 'node:child_process';
import { copyFile, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ollamaBase } from '#main/services/ollama/bases.ts';
import { fileSha256, uploadBlob } from '#main/services/ollama/blobs.ts';
import { ollamaClient } from '#main/services/ollama/client.ts';
import { detectOllama, requireOllama } from '#main/services/ollama/detect.ts';
import { installModel, type InstallProgress, type InstallRequest } from '#main/services/ollama/install.ts';
import { modelfile } from '#main/services/ollama/modelfile.ts';
import { deleteModel, listModels } from '#main/services/ollama/models.ts';
import { checkParity, toleranceFor } from '#main/services/ollama/parity.ts';
import { ollamaTemplate } from '#main/services/ollama/template.ts';
import { openAppSide } from '../support/ollama-app-side.ts';
import { describeReal, scratchOllama, type ScratchOllama } from '../support/ollama-suite.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const stops = ['<|im_end|>', '<|endoftext|>'];

describeReal('installing into a real Ollama', () => {
  let ollama: ScratchOllama;
  let tiny: string;
  let template: string | undefined;
  const install = (request: Partial<InstallRequest> & { readonly name: string }) =>
    installModel({ server: ollama.server, ggufPath: tiny, template, stops, ...request });
  const listed = async () => (await listModels(ollama.server)).map(({ name }) => name);

  beforeAll(async () => {
    ollama = await scratchOllama();
    tiny = join(ollama.folder, 'tiny.gguf');
    await writeTinyModel(tiny, { architecture: 'llama' });
    using app = openAppSide(tiny);
    template = await ollamaTemplate(async (messages) => (await app.render(messages)).text);
  });
  afterAll(() => ollama[Symbol.asyncDispose]());

  test('is found at the address in OLLAMA_HOST', async () => {
    const env = { OLLAMA_HOST: ollama.server.address };
    const status = await detectOllama({ host: { platform: 'linux', arch: 'x64', env, home: '/nowhere' } });
    expect(status).toEqual({ state: 'running', server: ollama.server });
    expect(requireOllama(status)).toEqual(ollama.server);
  });

  test('writes template, stops and parameters explicitly, and the model answers', async () => {
    const progress: InstallProgress[] = [];
    const installed = await install({
      name: 'tiny',
      license: 'MIT',
      parameters: { top_k: 7 },
      onProgress: (each) => progress.push(each),
    });
    const { size } = await stat(tiny);
    expect(installed).toMatchObject({ name: 'tiny:latest', uploaded: true, replaced: false, bytes: size });
    expect(progress.filter(({ stage }) => stage === 'uploading').at(-1)).toEqual({
      stage: 'uploading',
      completed: size,
      total: size,
    });
    expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['checking', 'uploading', 'creating']));

    const shown = await ollamaClient(ollama.server).show({ model: 'tiny' });
    expect(shown.template).toBe(`{{/* made by Tunesmith */}}${template}`);
    const parameters = shown.parameters.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim());
    expect(parameters.sort()).toEqual(
      ['repeat_penalty 1.1', 'stop "<|endoftext|>"', 'stop "<|im_end|>"', 'temperature 0.2', 'top_k 7'].sort(),
    );
    expect(shown.license).toBe('MIT');
    const answer = await ollamaClient(ollama.server).chat({
      model: 'tiny',
      messages: [{ role: 'user', content: 'Hello' }],
      options: { num_predict: 4 },
    });
    expect(answer.eval_count).toBeGreaterThan(0);
    expect(await listModels(ollama.server)).toMatchObject([
      { name: 'tiny:latest', madeHere: true, isRemote: false, format: 'gguf' },
    ]);
  });

  test('agrees with the app on the same weights, and says so when the weights differ', async () => {
    const prompts = [[{ role: 'user', content: 'Hello there' } as const]];
    const tolerance = toleranceFor('F32');
    const ask = (app: ReturnType<typeof openAppSide>) =>
      checkParity({ server: ollama.server, name: 'tiny', prompts, app, tolerance });
    using same = openAppSide(tiny);
    const agreed = await ask(same);
    expect(agreed.verdict, agreed.words).toBe('agrees');
    expect(agreed.words).toMatch(/1 of 1 test questions the same, token for token/);

    const path = join(ollama.folder, 'other.gguf');
    await writeTinyModel(path, { architecture: 'llama', seed: 2 });
    using other = openAppSide(path);
    const weights = await ask(other);
    expect(weights).toMatchObject({ verdict: 'differs', words: expect.stringMatching(/do not agree how likely/) });

    using plain = openAppSide(tiny, { template: 'plain' });
    const text = await ask(plain);
    expect(text).toMatchObject({ verdict: 'differs', words: expect.stringMatching(/another text/) });
  });

  test('never replaces a model without being told to', async () => {
    const digest = async () => (await listModels(ollama.server)).find(({ name }) => name === 'tiny:latest')?.digest;
    const before = await digest();
    for (const name of ['tiny', 'tiny:latest', 'TINY']) {
      await expect(install({ name, system: 'Answer in verse.' })).rejects.toMatchObject({
        code: 'ollama-refused',
        message: expect.stringMatching(/already/),
      });
    }
    expect(await digest()).toBe(before);
    const replaced = await install({ name: 'Tiny', system: 'Answer in verse.', overwrite: true });
    expect(replaced).toMatchObject({ name: 'tiny:latest', replaced: true });
    expect(await digest()).not.toBe(before);
    expect((await ollamaClient(ollama.server).show({ model: 'tiny' })).system).toBe('Answer in verse.');
    expect(await listed()).toEqual(['tiny:latest']);
  });

  test('sends nothing that Ollama has already', async () => {
    const sha256 = await fileSha256(tiny);
    await uploadBlob(ollama.server, tiny, sha256);
    const uploads: InstallProgress[] = [];
    const again = await install({
      name: 'again',
      sha256,
      onProgress: (each) => each.stage === 'uploading' && uploads.push(each),
    });
    expect(again).toMatchObject({ name: 'again:latest', uploaded: false, sha256 });
    expect(uploads).toEqual([]);
    await deleteModel(ollama.server, 'again');
  });

  test('deletes a model, loaded or not, and says when there is none', async () => {
    await install({ name: 'short-lived' });
    await ollamaClient(ollama.server).chat({
      model: 'short-lived',
      messages: [{ role: 'user', content: 'Hi' }],
      options: { num_predict: 1 },
    });
    await deleteModel(ollama.server, 'short-lived');
    expect(await listed()).toEqual(['tiny:latest']);
    expect((await ollamaClient(ollama.server).ps()).models).toEqual([]);
    await expect(deleteModel(ollama.server, 'short-lived')).rejects.toMatchObject({ code: 'file-not-found' });
  });

  test('gives the file of an installed model as a base', async () => {
    const base = await ollamaBase(ollama.server, 'tiny');
    expect((await readFile(base.path)).subarray(0, 4).toString()).toBe('GGUF');
    expect(base.license).toBeUndefined();
    using app = openAppSide(base.path);
    expect((await app.render([{ role: 'user', content: 'Hi' }])).tokens).toBeGreaterThan(1);
    await expect(ollamaBase(ollama.server, 'nobody')).rejects.toMatchObject({ code: 'file-not-found' });
  });

  test('a Modelfile does by hand what installing does', async () => {
    const name = 'model-F32.gguf';
    await copyFile(tiny, join(ollama.folder, name));
    const text = modelfile({ ggufName: name, template, stops, system: 'Say "yes"\nor no.' });
    await writeFile(join(ollama.folder, 'Modelfile'), text);
    const { status, stderr } = spawnSync(ollama.binary, ['create', 'by-hand', '-f', 'Modelfile'], {
      cwd: ollama.folder,
      encoding: 'utf8',
      env: { ...process.env, OLLAMA_HOST: ollama.server.address, HOME: ollama.folder },
    });
    expect(status, stderr).toBe(0);
    await install({ name: 'by-app', system: 'Say "yes"\nor no.' });
    const client = ollamaClient(ollama.server);
    const [hand, app] = [await client.show({ model: 'by-hand' }), await client.show({ model: 'by-app' })];
    expect(hand.template).toBe(app.template);
    expect(hand.system).toBe(app.system);
    expect(hand.parameters.split('\n').sort()).toEqual(app.parameters.split('\n').sort());
    await deleteModel(ollama.server, 'by-hand');
    await deleteModel(ollama.server, 'by-app');
  });

  test.each(['my model', 'a/b/c', '-x', 'x:cloud', 'ü', '..'])(
    'refuses the name %j before anything is uploaded',
    async (name) => {
      const blobs = join(ollama.folder, 'models', 'blobs');
      const before = await readdir(blobs);
      await expect(install({ name })).rejects.toMatchObject({ code: 'bad-request' });
      expect(await readdir(blobs)).toEqual(before);
    },
  );

  test('says that a damaged file is damaged, and installs nothing', async () => {
    const whole = await readFile(tiny);
    const damaged: readonly (readonly [string, Buffer, RegExp])[] = [
      ['cut-in-the-tensors', whole.subarray(0, whole.length - 5000), /damaged or incomplete/],
      ['cut-in-the-header', whole.subarray(0, 300), /damaged or incomplete/],
      ['garbage', Buffer.alloc(5000, 'no model at all '), /damaged or incomplete/],
      ['empty', Buffer.alloc(0), /empty/],
    ];
    for (const [name, bytes, words] of damaged) {
      const path = join(ollama.folder, `${name}.gguf`);
      await writeFile(path, bytes);
      await expect(install({ name, ggufPath: path }), name).rejects.toMatchObject({
        code: 'file-corrupt',
        message: expect.stringMatching(words),
      });
    }
    await expect(install({ name: 'absent', ggufPath: join(ollama.folder, 'absent.gguf') })).rejects.toMatchObject({
      code: 'file-not-found',
    });
    expect(await listed()).toEqual(['tiny:latest']);
  });

  test('says that Ollama cannot run an unknown architecture', async () => {
    const path = join(ollama.folder, 'foreign.gguf');
    await writeTinyModel(path, {
      architecture: 'llama',
      metadata: { 'general.architecture': { type: 'string', value: 'nonesuch' } },
    });
    await expect(install({ name: 'foreign', ggufPath: path })).rejects.toMatchObject({
      code: 'ollama-refused',
      message: expect.stringMatching(/cannot run this kind of model/),
      advice: expect.stringMatching(/update Ollama/),
    });
    expect(await listed()).toEqual(['tiny:latest']);
  });

  test('says that a template cannot be read', async () => {
    await expect(install({ name: 'broken', template: '{{ range }}' })).rejects.toMatchObject({
      code: 'template-invalid',
    });
    expect(await listed()).toEqual(['tiny:latest']);
  });
});
