/** The tokenizer of a GGUF file, through libllama. */
import { TunesmithError } from '#common/domain/errors.ts';
import type { Tokenizer } from '../chat/tokenizer.ts';
import { LlamaModel } from './llama-model.ts';
import { llama } from './llama.ts';
import { tokenAttribute, type LlamaVocabPointer } from './llama-types.ts';

/** What a model file says about its texts: the tokenizer, and the template where it holds one. */
export interface Vocabulary extends Tokenizer {
  /** GGUF `general.architecture`. */
  readonly architecture: string;
  /** The file's own Jinja template, or null. */
  readonly chatTemplate: string | null;
}

/**
 * Opens a model's tokenizer without its weights. Throws `file-not-found`, `file-corrupt` or
 * `architecture-unsupported`. Dispose it when done.
 */
export function openTokenizer(modelPath: string): Vocabulary {
  const model = new LlamaModel(modelPath, { vocabOnly: true });
  const tokenizer = tokenizerOf(model);
  return {
    ...tokenizer,
    architecture: model.metadata('general.architecture') ?? 'unknown',
    chatTemplate: model.chatTemplate,
    [Symbol.dispose]: () => model[Symbol.dispose](),
  };
}

const noVocabulary = 0;

/** The tokenizer of a model that is open already; it lives as long as the model and disposing it does nothing. */
export function tokenizerOf(model: LlamaModel): Tokenizer {
  const api = llama();
  const { vocab } = model;
  if (api.vocabType(vocab) === noVocabulary) {
    throw new TunesmithError('file-unsupported', `The model ${model.path} holds no vocabulary.`, {
      advice: 'Choose a complete language model.',
    });
  }
  const orNull = (id: number) => (id >= 0 ? id : null);
  return {
    size: model.vocabularySize,
    bos: orNull(api.bos(vocab)),
    eos: orNull(api.eos(vocab)),
    eot: orNull(api.eot(vocab)),
    addsBos: api.addsBos(vocab),
    tokenize: (text, parseSpecial) => tokenize(vocab, text, parseSpecial),
    tokenBytes: (id) => tokenBytes(vocab, id),
    tokenText: (id) => Buffer.from(tokenBytes(vocab, id)).toString('utf8'),
    detokenize: (ids, special) => detokenize(vocab, ids, special),
    isControl: (id) => (api.tokenAttributes(vocab, id) & (tokenAttribute.control | tokenAttribute.unknown)) !== 0,
    isEndOfGeneration: (id) => api.isEndOfGeneration(vocab, id),
    [Symbol.dispose]: () => {},
  };
}

function tokenize(vocab: LlamaVocabPointer, text: string, parseSpecial: boolean): Int32Array {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === 0) return new Int32Array(0);
  let out = new Int32Array(bytes.length + 16);
  let count = llama().tokenize(vocab, bytes, bytes.length, out, out.length, false, parseSpecial);
  if (count < 0) {
    // The negated count is the room it needs.
    out = new Int32Array(-count);
    count = llama().tokenize(vocab, bytes, bytes.length, out, out.length, false, parseSpecial);
  }
  if (count < 0) throw new TunesmithError('internal', 'The text could not be split into tokens.');
  return out.slice(0, count);
}

function tokenBytes(vocab: LlamaVocabPointer, id: number): Uint8Array {
  let out = new Uint8Array(64);
  let length = llama().tokenPiece(vocab, id, out, out.length, 0, true);
  if (length < 0) {
    out = new Uint8Array(-length);
    length = llama().tokenPiece(vocab, id, out, out.length, 0, true);
  }
  return out.slice(0, Math.max(0, length));
}

function detokenize(vocab: LlamaVocabPointer, ids: readonly number[] | Int32Array, special: boolean): string {
  const tokens = ids instanceof Int32Array ? ids : Int32Array.from(ids);
  if (tokens.length === 0) return '';
  let out = Buffer.alloc(tokens.length * 8 + 64);
  let length = llama().detokenize(vocab, tokens, tokens.length, out, out.length, false, special);
  if (length < 0) {
    out = Buffer.alloc(-length);
    length = llama().detokenize(vocab, tokens, tokens.length, out, out.length, false, special);
  }
  return out.toString('utf8', 0, Math.max(0, length));
}
