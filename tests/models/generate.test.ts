/** Answers of real models: what libllama finds most likely, ended by the model itself, several at once or alone. */
import { describe, expect, test } from 'vitest';
import { openChatFormat } from '#engine/chat/open.ts';
import { renderPrompt } from '#engine/chat/prompt.ts';
import type { GeneratedAnswer } from '#engine/generate/generator.ts';
import { openGenerator } from '#engine/generate/llama-generator.ts';
import { referenceLogits } from '#engine/generate/reference.ts';
import { collect } from '../support/collect.ts';
import { fetchedModel } from '../support/llama-sources.ts';

const questions = ['What is 2+2?', 'Name three colours.', 'Say hello in Spanish.', 'Write one line of Python.'];
/** The cache of ordinary use holds F16 values, and a batch's size decides the order of sums. */
const logitTolerance = 0.6;

for (const name of ['smollm2-135m-instruct', 'gemma3-270m']) {
  const modelPath = fetchedModel(`${name}.gguf`);
  describe(name, () => {
    if (modelPath === null) {
      test.skip('not run: the model is not there (npm run fetch:models fetches it)', () => {});
      return;
    }
    const ask = async (parallel: number, maxTokens: number): Promise<GeneratedAnswer[]> => {
      using format = openChatFormat(modelPath);
      const prompts = questions.map((content) => [...renderPrompt(format, [{ role: 'user', content }]).ids]);
      using generator = openGenerator({ modelPath, threads: 1, parallel });
      const answers = await collect(generator.generate(prompts, { maxTokens, temperature: 0 }));
      return answers.toSorted((a, b) => a.index - b.index);
    };

    test('takes what is most likely, alone and in company', async () => {
      using format = openChatFormat(modelPath);
      for (const parallel of [1, 4]) {
        for (const { index, ids } of await ask(parallel, 10)) {
          const prompt = renderPrompt(format, [{ role: 'user', content: questions[index] ?? '' }]).ids;
          const logits = await referenceLogits(modelPath, [...prompt, ...ids]);
          for (const [i, id] of ids.entries()) {
            const row = logits[prompt.length - 1 + i] ?? new Float32Array();
            const highest = row.reduce((max, logit) => Math.max(max, logit), -Infinity);
            expect(highest - (row[id] ?? -Infinity)).toBeLessThan(logitTolerance);
          }
        }
      }
    });

    test.runIf(name.includes('instruct'))('ends its answers itself, without marks in the text', async () => {
      const [sum] = await ask(4, 60);
      expect(sum?.stopped).toBe(true);
      expect(sum?.text).toMatch(/4/);
      expect(sum?.text).not.toMatch(/<\||\|>/);
    });
  });
}
