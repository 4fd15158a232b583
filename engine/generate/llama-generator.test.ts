import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../tests/support/collect.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { LlamaModel } from '../native/llama-model.ts';
import { openTokenizer } from '../native/vocabulary.ts';
import type { GeneratedAnswer, GenerateOptions } from './generator.ts';
import { openGenerator, type OpenGeneratorOptions } from './llama-generator.ts';
import { referenceLogits } from './reference.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-generate-'));
const modelPath = path.join(folder, 'llama.gguf');
const prompts: number[][] = [];

beforeAll(async () => {
  await writeTinyModel(modelPath, { architecture: 'llama', seed: 11, contextLength: 32_768 });
  using tokenizer = openTokenizer(modelPath);
  for (const text of ['the cat', 'a longer question about many things, and then some', 'x', 'the dog', 'yes?']) {
    prompts.push([...tokenizer.tokenize(text, false)]);
  }
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function answersOf(
  options: Partial<OpenGeneratorOptions>,
  generate: GenerateOptions,
  asked: readonly (readonly number[])[] = prompts,
): Promise<GeneratedAnswer[]> {
  using generator = openGenerator({ modelPath, threads: 1, ...options });
  return byIndex(await collect(generator.generate(asked, generate)));
}

const byIndex = (answers: readonly GeneratedAnswer[]) => answers.toSorted((a, b) => a.index - b.index);
const greedy = { maxTokens: 12, temperature: 0 };

describe('greedy', () => {
  test('answers every prompt once, and equally each time', async () => {
    const first = await answersOf({}, greedy);
    expect(first.map((answer) => answer.index)).toEqual([0, 1, 2, 3, 4]);
    expect(await answersOf({}, greedy)).toEqual(first);
  });

  test('takes what llama.cpp finds most likely, however many are answered at once', async () => {
    for (const parallel of [1, 2, 8]) {
      for (const answer of await answersOf({ parallel }, greedy)) {
        const prompt = prompts[answer.index] ?? [];
        const logits = await referenceLogits(modelPath, [...prompt, ...answer.ids]);
        for (const [i, id] of answer.ids.entries()) {
          const row = logits[prompt.length - 1 + i] ?? new Float32Array();
          expect(row[id]).toBeGreaterThan(Math.max(...row) - 0.02);
        }
      }
    }
  });

  test('the number of threads changes nothing', async () => {
    expect(await answersOf({ threads: 2 }, greedy)).toEqual(await answersOf({ threads: 1 }, greedy));
  });

  test('a second call on the same generator is not affected by the first', async () => {
    using generator = openGenerator({ modelPath, threads: 1 });
    const first = byIndex(await collect(generator.generate(prompts, greedy)));
    await collect(generator.generate(prompts.slice(1, 2), { maxTokens: 300, temperature: 0 }));
    expect(byIndex(await collect(generator.generate(prompts, greedy)))).toEqual(first);
  });

  test('reads prompts longer than a batch', async () => {
    const long = Array.from({ length: 1300 }, (_, i) => prompts[1]?.[i % 7] ?? 0);
    const [answer] = await answersOf({}, { maxTokens: 3, temperature: 0 }, [long]);
    const logits = await referenceLogits(modelPath, long);
    const row = logits.at(-1) ?? new Float32Array();
    expect(row[answer?.ids[0] ?? 0]).toBeGreaterThan(Math.max(...row) - 0.02);
  });
});

describe('ending', () => {
  test('stops at an end-of-generation token, or says that the limit cut it', async () => {
    const asked = Array.from({ length: 40 }, (_, i) => prompts[i % prompts.length] ?? []);
    const answers = await answersOf({}, { maxTokens: 80, temperature: 1, seed: 5 }, asked);
    expect(answers).toHaveLength(40);
    using tokenizer = openTokenizer(modelPath);
    for (const { ids, stopped } of answers) {
      expect(stopped ? ids.length < 80 : ids.length === 80).toBe(true);
      expect(ids.some((id) => tokenizer.isEndOfGeneration(id))).toBe(false);
    }
    expect(answers.some((answer) => answer.stopped)).toBe(true);
  });

  test('cancels within moments, and works afterwards', async () => {
    using generator = openGenerator({ modelPath, threads: 1 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const started = performance.now();
    const long = { maxTokens: 30_000, temperature: 1, signal: abort.signal };
    await expect(collect(generator.generate(prompts.slice(0, 1), long))).rejects.toThrow(/abort/i);
    expect(performance.now() - started).toBeLessThan(2000);
    const after = byIndex(await collect(generator.generate(prompts, greedy)));
    expect(after.map((answer) => answer.text)).toEqual((await answersOf({}, greedy)).map((answer) => answer.text));
  });

  test('may be closed by its consumer half way', async () => {
    using generator = openGenerator({ modelPath, threads: 1, parallel: 1 });
    for await (const answer of generator.generate(prompts, greedy)) {
      expect(answer.index).toBe(0);
      break;
    }
    expect(await collect(generator.generate(prompts, greedy))).toHaveLength(5);
  });

  test('refuses a prompt that does not fit, and a second use while busy', async () => {
    await expect(answersOf({ contextTokens: 3 }, greedy)).rejects.toThrow(/tokens long/);
    using generator = openGenerator({ modelPath, threads: 1 });
    const first = collect(generator.generate(prompts, greedy));
    await expect(collect(generator.generate(prompts, greedy))).rejects.toThrow(/busy/);
    expect(await first).toHaveLength(5);
  });
});

describe('sampled', () => {
  test('a seed repeats its answers, another seed gives others', async () => {
    const options = { maxTokens: 20, temperature: 1, seed: 3 };
    const first = await answersOf({}, options);
    expect(await answersOf({}, options)).toEqual(first);
    expect(await answersOf({}, { ...options, seed: 4 })).not.toEqual(first);
  });

  test('a repeat penalty changes what is said', async () => {
    const plain = await answersOf({}, { maxTokens: 40, temperature: 0 });
    const varied = await answersOf({}, { maxTokens: 40, temperature: 0, repeatPenalty: 1.5 });
    const distinct = (answers: readonly GeneratedAnswer[]) =>
      answers.reduce((sum, { ids }) => sum + new Set(ids).size / ids.length, 0);
    expect(distinct(varied)).toBeGreaterThan(distinct(plain));
  });
});

test('an adapter that is none is refused and the base stays usable', async () => {
  using generator = openGenerator({ modelPath, threads: 1 });
  expect(() => generator.useAdapter(modelPath)).toThrow(/adapter/);
  expect(() => generator.useAdapter(path.join(folder, 'none.gguf'))).toThrow(/There is no file/);
  expect(await collect(generator.generate(prompts, greedy))).toHaveLength(5);
});

test('knows what a token takes in the cache', () => {
  using model = new LlamaModel(modelPath);
  // The tiny model's defaults: 2 layers, 2 of 4 heads for keys and values, 64 / 4 values each, F16.
  expect(model.cacheBytesPerToken).toBe(2 * 2 * 16 * 2 * 2);
});
