import { familyFor, type TemplateFamily } from '../chat/families.ts';
import { compileTemplate } from '../chat/template.ts';
import { numbers, text, texts, u32 } from './metadata.ts';
import type { GgufFile } from './read.ts';

/** What can be said of a model's tokens and template without loading its vocabulary into libllama. */
export interface VocabularyInfo {
  readonly tokens: number;
  /** The file's own template, or null. */
  readonly chatTemplate: string | null;
  /** The family whose template would be used where the file has none. */
  readonly family: TemplateFamily;
  /** Text of the token that ends a turn, or null where the model has none. */
  readonly endOfTurn: string | null;
}

/** `llama_token_type`: control and user-defined tokens are single tokens when written in a template. */
const special = new Set([3, 4]);

/** Texts that llama.cpp takes as ends of a generation wherever a vocabulary holds them. */
const ends = [
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '<|eom_id|>',
  '<|end_of_text|>',
  '</s>',
  '<eos>',
];

/** Reads the tokenizer's metadata; undefined where the file has no usable tokenizer. */
export function readVocabularyInfo(file: GgufFile, architecture: string): VocabularyInfo | undefined {
  const model = text(file, 'tokenizer.ggml.model');
  const tokens = texts(file, 'tokenizer.ggml.tokens');
  if (model === undefined || model === 'no_vocab' || tokens === undefined || tokens.length === 0) return undefined;
  const types = numbers(file, 'tokenizer.ggml.token_type');
  const specials = new Set(tokens.filter((_, id) => types === undefined || special.has(types[id] ?? 1)));
  const family = familyFor(architecture, (mark) => specials.has(mark));
  const own = text(file, 'tokenizer.chat_template');
  const chatTemplate = own === undefined || own.trim() === '' ? null : own;
  const tokenText = (key: string): string | null => {
    const id = u32(file, key);
    return id === undefined ? null : (tokens[id] ?? null);
  };
  const eos = tokenText('tokenizer.ggml.eos_token_id');
  const bos = tokenText('tokenizer.ggml.bos_token_id');
  const eot = tokenText('tokenizer.ggml.eot_token_id');
  const known = ends.filter((end) => specials.has(end));
  const candidates = [eot, ...known, eos].filter((end) => end !== null);
  const written = writtenEnd(chatTemplate ?? family.template, { bos: bos ?? '', eos: eos ?? '' }, candidates);
  return { tokens: tokens.length, chatTemplate, family, endOfTurn: written ?? eos ?? eot };
}

/** The first of the candidates that the template writes after an answer. */
function writtenEnd(
  template: string,
  tokens: { readonly bos: string; readonly eos: string },
  candidates: readonly string[],
): string | null {
  const answer = 'A probe.';
  let rendered: string;
  try {
    rendered = compileTemplate(template, tokens).render(
      [
        { role: 'user', content: 'What is it?' },
        { role: 'assistant', content: answer },
      ],
      { addGenerationPrompt: false },
    );
  } catch {
    // A template of the file that does not work is said where it is used; the end of turn is then the model's EOS.
    return null;
  }
  const after = rendered.slice(rendered.lastIndexOf(answer) + answer.length);
  const places = candidates
    .map((end) => ({ end, at: after.indexOf(end) }))
    .filter(({ at }) => at !== -1)
    .sort((one, other) => one.at - other.at);
  return places[0]?.end ?? null;
}
