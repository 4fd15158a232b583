/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016, over bytes as in GPT-2) and writes it as GGUF metadata.
 * Text is split as llama.cpp's pre-tokenizer `smollm` does: each digit for itself, then GPT-2's pattern.
 */
import type { MetadataEntry } from '#engine/gguf/encode.ts';

export interface BpeVocabulary {
  readonly tokens: readonly string[];
  /** `left right`, in the order they were learned. */
  readonly merges: readonly string[];
}

/** Marks of turns, in the order of their ids. */
export const specials = { endOfText: '<|endoftext|>', start: '<|im_start|>', end: '<|im_end|>' } as const;

/** `llama_token_type`. */
const tokenType = { normal: 1, control: 3 } as const;

const pieces = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export function splitText(text: string): string[] {
  return text.split(/(\p{N})/u).flatMap((part) => (/^\p{N}$/u.test(part) ? [part] : (part.match(pieces) ?? [])));
}

/** Pieces that come less often than `leastCount` are left out. The most frequent pair is joined first; among equals the one that comes first in the alphabet. */
export function learnVocabulary(
  texts: Iterable<string>,
  { size, leastCount }: { readonly size: number; readonly leastCount: number },
): BpeVocabulary {
  const counts = new Map<string, number>();
  for (const text of texts) for (const piece of splitText(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  const letters = byteLetters();
  const frequent = [...counts].filter(([, count]) => count >= leastCount);
  const words = frequent.map(([piece, count]) => ({
    count,
    parts: [...Buffer.from(piece)].map((byte) => letters[byte]!),
  }));
  const tokens = [...Object.values(specials), ...letters];
  const known = new Set(tokens);
  const merges: string[] = [];
  while (tokens.length < size) {
    const pairs = new Map<string, number>();
    for (const { parts, count } of words) {
      for (let i = 0; i + 1 < parts.length; i++) {
        const pair = `${parts[i]} ${parts[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    }
    let best: string | undefined;
    for (const [pair, count] of pairs) {
      const most = best === undefined ? 1 : pairs.get(best)!;
      if (count > most || (count === most && (best === undefined || pair < best))) best = pair;
    }
    if (best === undefined) throw new RangeError('the texts are too few for this vocabulary');
    const [left, right] = best.split(' ') as [string, string];
    const joined = left + right;
    merges.push(best);
    if (!known.has(joined)) {
      known.add(joined);
      tokens.push(joined);
    }
    for (const word of words) {
      if (!word.parts.includes(left)) continue;
      for (let i = 0; i + 1 < word.parts.length; i++) {
        if (word.parts[i] === left && word.parts[i + 1] === right) word.parts.splice(i, 2, joined);
      }
    }
  }
  return { tokens, merges };
}

export function tokenizerMetadata({ tokens, merges }: BpeVocabulary): readonly (readonly [string, MetadataEntry])[] {
  const control = new Set<string>(Object.values(specials));
  const types = Int32Array.from(tokens, (token) => (control.has(token) ? tokenType.control : tokenType.normal));
  const id = (token: string): MetadataEntry => ({ type: 'u32', value: tokens.indexOf(token) });
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'smollm' }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'i32', value: types }],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: merges }],
    ['tokenizer.ggml.bos_token_id', id(specials.endOfText)],
    ['tokenizer.ggml.eos_token_id', id(specials.end)],
    ['tokenizer.ggml.padding_token_id', id(specials.endOfText)],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
  ];
}

/** GPT-2's letters for the 256 bytes: printable Latin-1 stands for itself, the rest follows from U+0100. */
function byteLetters(): string[] {
  const itself = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(itself(byte) ? byte : next++));
}
