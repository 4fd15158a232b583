import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installModel } from '#main/services/ollama/install.ts';
import { deleteModel, listModels } from '#main/services/ollama/models.ts';
import { checkParity, toleranceFor } from '#main/services/ollama/parity.ts';
import { ollamaTemplate } from '#main/services/ollama/template.ts';
import { openAppSide } from '../support/ollama-app-side.ts';
import { describeReal, scratchOllama, type ScratchOllama } from '../support/ollama-suite.ts';

const root = join(import.meta.dirname, '../..');
const models = [
  { id: 'practice', folder: 'resources/models', family: 'llama', stops: ['<|im_end|>'], type: 'F16' },
  { id: 'smollm2-135m-instruct', folder: '.cache/models', family: 'llama', stops: ['<|im_end|>'], type: 'Q4_1' },
  { id: 'gemma3-270m', folder: '.cache/models', family: 'gemma3', stops: ['<end_of_turn>', '<eos>'], type: 'Q4_1' },
].map((model) => ({ ...model, path: join(root, model.folder, `${model.id}.gguf`) }));

const prompts = [
  [{ role: 'user', content: 'What is the capital of France?' }],
  [{ role: 'user', content: 'Write a haiku about rain,\nand keep the   spaces.  ' }],
  [
    { role: 'system', content: 'You answer in one sentence.' },
    { role: 'user', content: 'Why is the sky blue?' },
    { role: 'assistant', content: 'Because of Rayleigh scattering.' },
    { role: 'user', content: 'And at sunset?' },
  ],
] as const;

describeReal('real models', () => {
  let ollama: ScratchOllama;
  beforeAll(async () => {
    ollama = await scratchOllama();
  });
  afterAll(() => ollama[Symbol.asyncDispose]());

  for (const { id, family, path, stops, type } of models) {
    const title = `${id}: installs, agrees with the app, and goes again`;
    if (!existsSync(path)) {
      test.skip(`${title} [not run: npm run fetch:models fetches it]`, () => {});
      continue;
    }
    test(title, async () => {
      const { server } = ollama;
      using app = openAppSide(path);
      const template = await ollamaTemplate(async (messages) => (await app.render(messages)).text);
      const stages = new Set<string>();
      const installed = await installModel({
        server,
        ggufPath: path,
        name: id,
        template,
        stops,
        onProgress: ({ stage }) => stages.add(stage),
      });
      expect(installed).toMatchObject({ name: `${id}:latest`, uploaded: true, replaced: false });
      expect([...stages]).toEqual(['checking', 'uploading', 'creating']);

      const parity = await checkParity({ server, name: installed.name, prompts, app, tolerance: toleranceFor(type) });
      process.stderr.write(`${id}: ${parity.words}\n`);
      expect(parity.verdict, parity.words).toBe('agrees');

      expect(await listModels(server)).toMatchObject([{ name: `${id}:latest`, family, madeHere: true }]);
      await deleteModel(server, id);
      expect(await listModels(server)).toEqual([]);
    });
  }
});
