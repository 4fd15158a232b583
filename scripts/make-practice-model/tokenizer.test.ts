import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChatFormat } from '#engine/chat/chat-format.ts';
import { readModelConfig } from '#engine/gguf/config.ts';
import { readGguf } from '#engine/gguf/read.ts';
import { openTokenizer, type Vocabulary } from '#engine/native/vocabulary.ts';
import { chatTemplate, firstWeights, shape, writeModel } from './model-file.ts';
import { learnVocabulary, splitText } from './tokenizer.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-practice-'));
const file = path.join(folder, 'first.gguf');
const texts = Array.from(
  { length: 400 },
  (_, i) => `The bear number ${i} has ${i % 7} legs. It’s a bear’s legs, don't ask?`,
);
let tokenizer: Vocabulary;

beforeAll(async () => {
  const learned = learnVocabulary(texts, { size: 280, leastCount: 2 });
  // The rest of the places, so that the file has the shape it will have.
  const tokens = [...learned.tokens, ...Array.from({ length: shape.vocabulary - 280 }, (_, i) => `<unused${i}>`)];
  await writeModel(file, { tokens, merges: learned.merges }, firstWeights(1), 'F16');
  tokenizer = openTokenizer(file);
});
afterAll(() => {
  tokenizer[Symbol.dispose]();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the learned vocabulary, as llama.cpp reads it', () => {
  test('frequent words are one token, digits stand alone', () => {
    const split = (text: string): string[] => [...tokenizer.tokenize(text, false)].map((id) => tokenizer.tokenText(id));
    expect(split(' bear')).toEqual([' bear']);
    expect(split('has 42 legs')).toEqual(['has', ' ', '4', '2', ' legs']);
  });

  test('every text comes back as it was', () => {
    for (const text of ['The bear has legs.', 'Grüße, 世界! 🙂', ' two  spaces\n\nand lines\t', 'a'.repeat(50)]) {
      expect(tokenizer.detokenize(tokenizer.tokenize(text, false), false)).toBe(text);
    }
  });

  test('a turn ends with its own token, which is the end of a generation', () => {
    const format = createChatFormat({ tokenizer, architecture: 'llama', ownTemplate: tokenizer.chatTemplate });
    expect(tokenizer.chatTemplate).toBe(chatTemplate);
    expect(format.endOfTurn.text).toBe('<|im_end|>');
    expect(tokenizer.isEndOfGeneration(format.endOfTurn.id)).toBe(true);
    expect(format.template.render([{ role: 'user', content: 'Hi' }], { addGenerationPrompt: true })).toBe(
      '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  test('our reader takes the file', async () => {
    const config = readModelConfig(await readGguf(file));
    expect(config).toMatchObject({ architecture: 'llama', vocabulary: shape.vocabulary, tiedEmbeddings: true });
  });
});

describe('pieces', () => {
  test('are split as llama.cpp does it', () => {
    expect(splitText("don't go, 12 bears!\n")).toEqual(['don', "'t", ' go', ',', ' ', '1', '2', ' bears', '!', '\n']);
  });

  test('the same texts give the same vocabulary, and too few are refused', () => {
    const options = { size: 280, leastCount: 2 };
    expect(learnVocabulary(texts, options)).toEqual(learnVocabulary(texts, options));
    expect(() => learnVocabulary(['a b'], options)).toThrow(RangeError);
  });
});
