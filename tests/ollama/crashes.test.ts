import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { detectOllama } from '#main/services/ollama/detect.ts';
import { installModel, type InstallProgress, type InstallRequest } from '#main/services/ollama/install.ts';
import { listModels } from '#main/services/ollama/models.ts';
import { describeReal, scratchOllama, type ScratchOllama } from '../support/ollama-suite.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

describeReal('a real Ollama that dies', () => {
  let ollama: ScratchOllama;
  let ggufPath: string;
  let seed = 0;
  const install = (request: Partial<InstallRequest>) =>
    installModel({
      server: ollama.server,
      ggufPath,
      name: 'phoenix',
      stops: [],
      retries: 0,
      overwrite: true,
      ...request,
    });

  beforeAll(async () => {
    ollama = await scratchOllama();
  });
  afterAll(() => ollama[Symbol.asyncDispose]());
  // A new file each time, since Ollama keeps what it has; large enough that its upload takes a moment.
  beforeEach(async () => {
    seed += 1;
    ggufPath = join(ollama.folder, 'large.gguf');
    await writeTinyModel(ggufPath, {
      architecture: 'llama',
      embeddingLength: 256,
      heads: 4,
      feedForward: 1024,
      layers: 4,
      vocabulary: 4000,
      seed,
    });
  });

  /** Does something once, at the first progress that `when` accepts. */
  const once = (when: (progress: InstallProgress) => boolean, act: () => void) => {
    let done = false;
    return (progress: InstallProgress) => {
      if (done || !when(progress)) return;
      done = true;
      act();
    };
  };
  const isUploading = ({ stage, completed, total }: InstallProgress) => stage === 'uploading' && completed < total;

  test('in the middle of the upload: says so, and a second call installs', async () => {
    let dead: Promise<void> | undefined;
    const onProgress = once(isUploading, () => (dead = ollama.kill()));
    await expect(install({ onProgress })).rejects.toMatchObject({ code: 'ollama-interrupted', retryable: true });
    await dead;
    await expect(install({})).rejects.toMatchObject({ code: 'ollama-unreachable', retryable: true });
    await ollama.restart();
    expect(await listModels(ollama.server)).toEqual([]);
    expect(await install({})).toMatchObject({ uploaded: true });
  });

  test('in the middle of the upload, and comes back: the same call goes on', async () => {
    let back: Promise<void> | undefined;
    const onProgress = once(isUploading, () => (back = ollama.kill().then(() => ollama.restart())));
    expect(await install({ onProgress, retries: 1 })).toMatchObject({ name: 'phoenix:latest', uploaded: true });
    expect(back).toBeDefined();
    await back;
  });

  test('while it makes the model: the older one of that name stays, and a second call needs no upload', async () => {
    const [before] = await listModels(ollama.server);
    expect(before?.name).toBe('phoenix:latest');
    let reports = 0;
    let dead: Promise<void> | undefined;
    // The first report comes from us, the second with the server's first line.
    const onProgress = once(
      ({ stage }) => stage === 'creating' && ++reports === 2,
      () => (dead = ollama.kill()),
    );
    await expect(install({ onProgress })).rejects.toMatchObject({ code: 'ollama-interrupted', retryable: true });
    await dead;
    await ollama.restart();
    expect((await listModels(ollama.server))[0]?.digest).toBe(before?.digest);
    expect(await install({})).toMatchObject({ uploaded: false, replaced: true });
    expect((await listModels(ollama.server))[0]?.digest).not.toBe(before?.digest);
  });

  test('is cancelled in the middle of the upload, and nothing is installed', async () => {
    const controller = new AbortController();
    const onProgress = once(isUploading, () => controller.abort());
    await expect(install({ name: 'never', onProgress, signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect((await listModels(ollama.server)).map(({ name }) => name)).toEqual(['phoenix:latest']);
    expect(await install({ name: 'never' })).toMatchObject({ uploaded: true });
  });

  test('is gone: detection says so', async () => {
    await ollama.kill();
    const env = { OLLAMA_HOST: ollama.server.address, PATH: '' };
    const host = { platform: 'linux', arch: 'x64', env, home: '/nowhere' } as const;
    expect(await detectOllama({ host, exists: (path) => path === '/usr/local/bin/ollama' })).toMatchObject({
      state: 'stopped',
    });
    expect(await detectOllama({ host, exists: () => false })).toMatchObject({ state: 'missing' });
  });
});
