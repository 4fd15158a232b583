import type { MetadataEntry } from '#engine/gguf/encode.ts';
import { chatmlTemplate, gemmaTemplate } from './tiny-model-templates.ts';

/** A working vocabulary for a tiny model: every text can be tokenized, through single bytes if need be. */
export interface TinyTokenizer {
  readonly tokens: readonly string[];
  readonly bos: number;
  readonly eos: number;
  /** The token that ends a turn. */
  readonly eot: number;
  readonly addsBos: boolean;
  readonly metadata: ReadonlyMap<string, MetadataEntry>;
}

interface TokenizerInput {
  /** Padded with unused tokens up to this many. */
  readonly vocabulary: number;
  /** null: none; undefined: the family's. */
  readonly chatTemplate: string | null | undefined;
}

/** `llama_token_type`. */
const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Words that become single tokens, so that merging is exercised. */
const words = ['the', 'a', 'is', 'of', 'and', 'to', 'in', 'you', 'what', 'hello', 'answer', 'color', 'model', 'user'];

class Vocabulary {
  readonly tokens: string[] = [];
  readonly types: number[] = [];
  readonly #ids = new Map<string, number>();

  add(token: string, type: number): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.#ids.set(token, this.tokens.length);
    this.types.push(type);
    return this.tokens.push(token) - 1;
  }

  id(token: string): number {
    return this.#ids.get(token) ?? -1;
  }

  pad(size: number): void {
    for (let index = 0; this.tokens.length < size; index++) this.add(`<unused${index}>`, tokenTypes.unused);
  }
}

/** Byte-level BPE as GPT-2, SmolLM2 and Qwen have it: 256 byte tokens, merges, ChatML specials. */
export function bpeTokenizer(input: TokenizerInput & { readonly pre: 'smollm' | 'qwen2' }): TinyTokenizer {
  const vocabulary = new Vocabulary();
  const endOfText = vocabulary.add('<|endoftext|>', tokenTypes.control);
  const start = vocabulary.add('<|im_start|>', tokenTypes.control);
  const end = vocabulary.add('<|im_end|>', tokenTypes.control);
  for (const letter of byteLetters()) vocabulary.add(letter, tokenTypes.normal);
  const merges: string[] = [];
  for (const word of words.flatMap((text) => [text, `Ġ${text}`])) {
    for (let length = 2; length <= word.length; length++) {
      const merged = word.slice(0, length);
      if (vocabulary.id(merged) !== -1) continue;
      vocabulary.add(merged, tokenTypes.normal);
      merges.push(`${word.slice(0, length - 1)} ${word.charAt(length - 1)}`);
    }
  }
  vocabulary.pad(input.vocabulary);
  // SmolLM2 names <|im_start|> as its BOS; Qwen names <|endoftext|>. Neither adds it.
  const bos = input.pre === 'smollm' ? start : endOfText;
  const metadata = commonMetadata(vocabulary, input.chatTemplate, chatmlTemplate);
  metadata.set('tokenizer.ggml.model', { type: 'string', value: 'gpt2' });
  metadata.set('tokenizer.ggml.pre', { type: 'string', value: input.pre });
  metadata.set('tokenizer.ggml.merges', { type: 'array', of: 'string', value: merges });
  setSpecials(metadata, { bos, eos: end, padding: endOfText, addsBos: false });
  return { tokens: vocabulary.tokens, bos, eos: end, eot: end, addsBos: false, metadata };
}

/** SentencePiece as Gemma has it: no leading space, BOS added, `<end_of_turn>` ends a turn. */
export function gemmaTokenizer(input: TokenizerInput): TinyTokenizer {
  const vocabulary = new Vocabulary();
  const padding = vocabulary.add('<pad>', tokenTypes.control);
  const eos = vocabulary.add('<eos>', tokenTypes.control);
  const bos = vocabulary.add('<bos>', tokenTypes.control);
  vocabulary.add('<unk>', tokenTypes.unknown);
  vocabulary.add('<start_of_turn>', tokenTypes.control);
  const eot = vocabulary.add('<end_of_turn>', tokenTypes.control);
  const metadata = sentencePiece(vocabulary, input, gemmaTemplate);
  metadata.set('tokenizer.ggml.add_space_prefix', { type: 'bool', value: false });
  setSpecials(metadata, { bos, eos, padding, addsBos: true });
  metadata.set('tokenizer.ggml.unknown_token_id', { type: 'u32', value: vocabulary.id('<unk>') });
  metadata.set('tokenizer.ggml.eot_token_id', { type: 'u32', value: eot });
  return { tokens: vocabulary.tokens, bos, eos, eot, addsBos: true, metadata };
}

/** SentencePiece as Llama 2 has it (a space before the text, BOS added), with ChatML specials. */
export function llamaSpmTokenizer(input: TokenizerInput): TinyTokenizer {
  const vocabulary = new Vocabulary();
  const unknown = vocabulary.add('<unk>', tokenTypes.unknown);
  const bos = vocabulary.add('<s>', tokenTypes.control);
  const eos = vocabulary.add('</s>', tokenTypes.control);
  vocabulary.add('<|im_start|>', tokenTypes.control);
  const eot = vocabulary.add('<|im_end|>', tokenTypes.control);
  const metadata = sentencePiece(vocabulary, input, chatmlTemplate);
  setSpecials(metadata, { bos, eos, padding: unknown, addsBos: true });
  metadata.set('tokenizer.ggml.unknown_token_id', { type: 'u32', value: unknown });
  metadata.set('tokenizer.ggml.eot_token_id', { type: 'u32', value: eot });
  return { tokens: vocabulary.tokens, bos, eos, eot, addsBos: true, metadata };
}

function sentencePiece(vocabulary: Vocabulary, input: TokenizerInput, template: string): Map<string, MetadataEntry> {
  for (let byte = 0; byte < 256; byte++) {
    vocabulary.add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, tokenTypes.byte);
  }
  vocabulary.add('\n', tokenTypes.normal);
  vocabulary.add('▁', tokenTypes.normal);
  for (let code = 33; code < 127; code++) vocabulary.add(String.fromCharCode(code), tokenTypes.normal);
  // SentencePiece joins neighbours only into pieces it knows: every beginning of a word is one.
  for (const word of words.flatMap((text) => [text, `▁${text}`])) {
    for (let length = 2; length <= word.length; length++) vocabulary.add(word.slice(0, length), tokenTypes.normal);
  }
  vocabulary.pad(input.vocabulary);
  const metadata = commonMetadata(vocabulary, input.chatTemplate, template);
  metadata.set('tokenizer.ggml.model', { type: 'string', value: 'llama' });
  metadata.set('tokenizer.ggml.pre', { type: 'string', value: 'default' });
  // The best score is joined first: earlier pieces win.
  const scores = Float32Array.from(vocabulary.tokens, (_, index) => -index);
  metadata.set('tokenizer.ggml.scores', { type: 'array', of: 'f32', value: scores });
  return metadata;
}

function commonMetadata(
  vocabulary: Vocabulary,
  chatTemplate: string | null | undefined,
  familyTemplate: string,
): Map<string, MetadataEntry> {
  const template = chatTemplate === undefined ? familyTemplate : chatTemplate;
  const metadata = new Map<string, MetadataEntry>([
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: vocabulary.tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'i32', value: Int32Array.from(vocabulary.types) }],
  ]);
  if (template !== null) metadata.set('tokenizer.chat_template', { type: 'string', value: template });
  return metadata;
}

function setSpecials(
  metadata: Map<string, MetadataEntry>,
  specials: { readonly bos: number; readonly eos: number; readonly padding: number; readonly addsBos: boolean },
): void {
  metadata.set('tokenizer.ggml.bos_token_id', { type: 'u32', value: specials.bos });
  metadata.set('tokenizer.ggml.eos_token_id', { type: 'u32', value: specials.eos });
  metadata.set('tokenizer.ggml.padding_token_id', { type: 'u32', value: specials.padding });
  metadata.set('tokenizer.ggml.add_bos_token', { type: 'bool', value: specials.addsBos });
}

/** GPT-2's letters for the 256 bytes: printable Latin-1 stands for itself, the rest follows from U+0100. */
function byteLetters(): string[] {
  const itself = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(itself(byte) ? byte : next++));
}
