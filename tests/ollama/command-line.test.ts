import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ollamaClient } from '#main/services/ollama/client.ts';
import { runCli, workFolder, writeExamples, type Row } from '../support/cli.ts';
import { describeReal, scratchOllama, type ScratchOllama } from '../support/ollama-suite.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

describeReal('the command line with a real Ollama', () => {
  const work = workFolder();
  const quick = ['--epochs', '1', '--rank', '4', '--threads', '1', '--max-answer-tokens', '8', '--max-answers', '2'];
  let ollama: ScratchOllama;
  let run: string;
  const cli = (...args: string[]) =>
    runCli(args, { home: work.home, env: { OLLAMA_HOST: ollama.server.address.replace('http://', '') } });
  const row = (rows: readonly Row[], type: string): Row | undefined => rows.find((each) => each.type === type);

  beforeAll(async () => {
    ollama = await scratchOllama();
    await writeTinyModel(work.file('tiny.gguf'), { architecture: 'llama', layers: 1 });
    writeExamples(work.file('examples.txt'), 40);
  });
  afterAll(async () => {
    await ollama[Symbol.asyncDispose]();
    work[Symbol.dispose]();
  });

  test('tune --install ends with a model in Ollama that agrees with the app', async () => {
    const tuned = await cli(
      ...['tune', work.file('examples.txt'), '--base', work.file('tiny.gguf'), '--out', work.file('tuned')],
      ...['--install', 'cli-model', '--json', '--seed', '3', ...quick],
    );
    expect(tuned.code, tuned.stderr).toBe(0);
    run = String(tuned.rows[0]?.['run']);
    expect(row(tuned.rows, 'installed')).toMatchObject({ name: 'cli-model:latest', uploaded: true, replaced: false });
    expect(row(tuned.rows, 'parity')).toMatchObject({ verdict: 'agrees' });
    // What a person would do by hand is what was done.
    const { template } = await ollamaClient(ollama.server).show({ model: 'cli-model' });
    expect(await readFile(work.file('tuned/Modelfile'), 'utf8')).toContain(template);
  });

  test('models lists it as one of ours, and it can be a base', async () => {
    const listed = await cli('models', '--json');
    expect(listed.rows).toContainEqual(expect.objectContaining({ id: 'ollama:cli-model:latest', source: 'ollama' }));
    const inspected = await cli('inspect', 'ollama:cli-model', '--json');
    expect(inspected.rows[0]).toMatchObject({ architecture: 'llama', supported: true });
  });

  test('install under a name that is taken asks first, under one that is illegal says what is wrong', async () => {
    const taken = await cli('install', run, '--name', 'cli-model');
    expect(taken.code).not.toBe(0);
    expect(taken.stderr).toMatch(/already/);
    const illegal = await cli('install', run, '--name', 'my model');
    expect(illegal.code).not.toBe(0);
    expect(illegal.stderr).toMatch(/a space/);
    const second = await cli('install', run, '--name', 'cli-model:v2', '--json');
    expect(second.code, second.stderr).toBe(0);
    expect(row(second.rows, 'parity')).toMatchObject({ verdict: 'agrees' });
  });
});
