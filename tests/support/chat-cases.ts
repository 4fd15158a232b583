/** The real chat templates of the supported families, each with a real tokenizer that knows its marks. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createChatFormat } from '#engine/chat/chat-format.ts';
import type { OpenChatFormat } from '#engine/chat/open.ts';
import { openTokenizer } from '#engine/native/vocabulary.ts';
import { fetchedModel, ggmlVocabulary, realTemplate, realTemplateInTests } from './llama-sources.ts';
import { writeTinyModel } from './tiny-model.ts';

export interface ChatCase {
  readonly name: string;
  readonly architecture: string;
  /** Null where it could not be had: skip by name. */
  readonly tokenizerPath: string | null;
  /** The template's text; undefined: the file's own or its family's; null: could not be had. */
  readonly template: string | null | undefined;
  readonly endOfTurn: string;
  /** What the template makes of a message's text. */
  readonly trims: boolean;
}

const realGemma = fetchedModel('gemma3-270m.gguf');
const tinyGemma = await tinyModel('gemma3');
const llamaBpe = ggmlVocabulary('llama-bpe');
const qwen = ggmlVocabulary('qwen2');

const llama3 = (name: string, file: string): ChatCase => ({
  name,
  architecture: 'llama',
  tokenizerPath: llamaBpe,
  template: realTemplate(file),
  endOfTurn: '<|eot_id|>',
  trims: true,
});
const gemmaCases = (tokenizerPath: string | null): readonly ChatCase[] => {
  const gemma = (name: string, architecture: string, template: string | null | undefined): ChatCase => ({
    name,
    architecture,
    tokenizerPath,
    template,
    endOfTurn: '<end_of_turn>',
    trims: true,
  });
  return [
    gemma('Gemma', 'gemma', realTemplateInTests('google/gemma-7b-it')),
    gemma('Gemma 2', 'gemma2', realTemplate('google-gemma-2-2b-it')),
    gemma('Gemma 3 270M (no template in the file)', 'gemma3', undefined),
  ];
};
const smollm2: ChatCase = {
  name: 'SmolLM2',
  architecture: 'llama',
  tokenizerPath: fetchedModel('smollm2-135m-instruct.gguf'),
  template: undefined,
  endOfTurn: '<|im_end|>',
  trims: false,
};

/** With the vocabularies of the fetched models. */
export const realModelChatCases: readonly ChatCase[] = [...gemmaCases(realGemma), smollm2];

/** Gemma's templates with a small vocabulary that has Gemma's marks: its own takes long to open. */
export const chatCases: readonly ChatCase[] = [
  llama3('Llama 3.1', 'meta-llama-Llama-3.1-8B-Instruct'),
  llama3('Llama 3.2', 'meta-llama-Llama-3.2-3B-Instruct'),
  llama3('Llama 3.3', 'meta-llama-Llama-3.3-70B-Instruct'),
  ...gemmaCases(tinyGemma),
  smollm2,
  {
    name: 'Qwen 2.5',
    architecture: 'qwen2',
    tokenizerPath: qwen,
    template: realTemplate('Qwen-Qwen2.5-7B-Instruct'),
    endOfTurn: '<|im_end|>',
    trims: false,
  },
  {
    name: 'Qwen 3',
    architecture: 'qwen3',
    tokenizerPath: qwen,
    template: realTemplate('Qwen-Qwen3-0.6B'),
    endOfTurn: '<|im_end|>',
    trims: false,
  },
  {
    name: 'a SentencePiece base without any chat marks',
    architecture: 'llama',
    tokenizerPath: ggmlVocabulary('llama-spm'),
    template: undefined,
    endOfTurn: '</s>',
    trims: false,
  },
];

/** A tiny model without a template, written anew: its maker may have changed. */
async function tinyModel(architecture: 'gemma3'): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-chat-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return (await writeTinyModel(path.join(folder, `${architecture}.gguf`), { architecture, chatTemplate: null })).path;
}

/** Why a case cannot run on this machine, or null. */
export function missingPart(chatCase: ChatCase): string | null {
  if (chatCase.tokenizerPath === null) return 'no tokenizer at hand (fetch the test models, or install git)';
  if (chatCase.template === null) return 'the real template could not be unpacked (git missing?)';
  return null;
}

export function openCase(chatCase: ChatCase): OpenChatFormat {
  const { tokenizerPath, template, architecture } = chatCase;
  if (tokenizerPath === null || template === null) throw new Error(`${chatCase.name} is not at hand`);
  const tokenizer = openTokenizer(tokenizerPath);
  const format = createChatFormat({
    tokenizer,
    architecture,
    ownTemplate: template ?? tokenizer.chatTemplate,
  });
  return { ...format, [Symbol.dispose]: () => tokenizer[Symbol.dispose]() };
}
