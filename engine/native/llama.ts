/** The part of libllama's C interface that the engine uses, declared once, and its log. */
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import { loadBackends } from './backend.ts';
import { loadLlama } from './library.ts';
import {
  assertLlamaStructSizes,
  type LlamaAdapterPointer,
  type LlamaBatch,
  type LlamaContextParams,
  type LlamaContextPointer,
  type LlamaMemoryPointer,
  type LlamaModelParams,
  type LlamaModelPointer,
  type LlamaQuantizeParams,
  type LlamaVocabPointer,
} from './llama-types.ts';

export type Llama = ReturnType<typeof declare>;

/** A function that blocks, with its `.async` form that computes on a worker thread. */
type Blocking<Args extends readonly unknown[], R> = ((...args: Args) => R) & {
  async: (...args: [...Args, (error: unknown, result: R) => void]) => void;
};

let declared: Llama | undefined;

/** The declared functions; loads libllama and every backend on first use. */
export function llama(): Llama {
  if (declared === undefined) {
    loadBackends();
    assertLlamaStructSizes();
    declared = declare();
    captureLog(declared);
    declared.backendInit();
    assertLayout(declared);
  }
  return declared;
}

/** Runs a blocking function on a worker thread, so that the event loop lives. */
export function inBackground<Args extends readonly unknown[], R>(fn: Blocking<Args, R>, ...args: Args): Promise<R> {
  return new Promise((resolve, reject) => {
    fn.async(...args, (error: unknown, result: R) => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(result);
    });
  });
}

/*
 * The log is kept quiet and its last complaints are held for error messages: libllama's functions only answer
 * null or a number, the reason stands in the log.
 */
const complaints: string[] = [];
const maxComplaints = 20;

/** Forgets the complaints so far. Call before an operation whose reason for failing may be asked for. */
export function clearComplaints(): void {
  complaints.length = 0;
}

/** What libllama logged as a warning or error since the last `clearComplaints`, oldest first. */
export function recentComplaints(): readonly string[] {
  return complaints.map((line) => line.replace(/^[\w:~]+: /, '').trim()).filter((line) => line !== '');
}

const warnLevel = 3;
const errorLevel = 4;
const continuedLevel = 5;

function captureLog(api: Llama): void {
  const type = koffi.pointer(koffi.proto('void tunesmith_llama_log(int level, const char* text, void* data)'));
  let keeping = false;
  const callback = koffi.register((level: number, text: string) => {
    if (level === continuedLevel) {
      if (keeping) complaints.push((complaints.pop() ?? '') + text);
      return;
    }
    keeping = level === warnLevel || level === errorLevel;
    if (!keeping) return;
    complaints.push(text);
    if (complaints.length > maxComplaints) complaints.shift();
  }, type);
  api.logSet(callback, null);
}

/** A field that lands elsewhere than in the compiled library shows as an absurd default. */
function assertLayout(api: Llama): void {
  const model = api.modelDefaults();
  const context = api.contextDefaults();
  const quantize = api.quantizeDefaults();
  const sound =
    model.use_extra_bufts === true &&
    model.vocab_only === false &&
    context.n_seq_max === 1 &&
    context.flash_attn_type === -1 &&
    context.type_k === 1 &&
    context.swa_full === true &&
    context.kv_unified === false &&
    quantize.quantize_output_tensor === true &&
    quantize.dry_run === false;
  if (!sound) {
    throw new TunesmithError('internal', 'The llama.cpp libraries do not match this version of Tunesmith.');
  }
}

type M = LlamaModelPointer;
type C = LlamaContextPointer;
type V = LlamaVocabPointer;
type A = LlamaAdapterPointer;
type Mem = LlamaMemoryPointer;

function declare() {
  const library = loadLlama();
  const P = 'void*';
  const I = 'int32';
  const Z = 'size_t';
  type Fn = (...args: never[]) => unknown;
  const fn = <T extends Fn>(result: string, name: string, ...args: string[]) =>
    library.func(`llama_${name}`, result, args) as unknown as T;

  return {
    backendInit: fn<() => void>('void', 'backend_init'),
    logSet: fn<(callback: bigint | null, data: null) => void>('void', 'log_set', P, P),

    // Models
    modelDefaults: fn<() => LlamaModelParams>('llama_model_params', 'model_default_params'),
    loadModel: fn<Blocking<[path: string, params: LlamaModelParams], M | null>>(
      P,
      'model_load_from_file',
      'str',
      'llama_model_params',
    ),
    freeModel: fn<(model: M) => void>('void', 'model_free', P),
    modelVocab: fn<(model: M) => V>(P, 'model_get_vocab', P),
    modelContextLength: fn<(model: M) => number>(I, 'model_n_ctx_train', P),
    modelChatTemplate: fn<(model: M, name: null) => string | null>('str', 'model_chat_template', P, 'str'),
    modelMetadata: fn<(model: M, key: string, out: Uint8Array | null, bytes: number) => number>(
      I,
      'model_meta_val_str',
      P,
      'str',
      P,
      Z,
    ),
    quantizeDefaults: fn<() => LlamaQuantizeParams>('llama_model_quantize_params', 'model_quantize_default_params'),
    quantize: fn<Blocking<[input: string, output: string, params: LlamaQuantizeParams], number>>(
      'uint32',
      'model_quantize',
      'str',
      'str',
      'llama_model_quantize_params*',
    ),

    // Contexts
    contextDefaults: fn<() => LlamaContextParams>('llama_context_params', 'context_default_params'),
    newContext: fn<(model: M, params: LlamaContextParams) => C | null>(P, 'init_from_model', P, 'llama_context_params'),
    freeContext: fn<(context: C) => void>('void', 'free', P),
    contextLength: fn<(context: C) => number>('uint32', 'n_ctx_seq', P),
    setThreads: fn<(context: C, decode: number, batch: number) => void>('void', 'set_n_threads', P, I, I),
    decode: fn<Blocking<[context: C, batch: LlamaBatch], number>>(I, 'decode', P, 'llama_batch'),
    logitsAt: fn<(context: C, index: number) => bigint | null>(P, 'get_logits_ith', P, I),
    memory: fn<(context: C) => Mem>(P, 'get_memory', P),
    clearMemory: fn<(memory: Mem, data: boolean) => void>('void', 'memory_clear', P, 'bool'),
    removeSequence: fn<(memory: Mem, sequence: number, from: number, to: number) => boolean>(
      'bool',
      'memory_seq_rm',
      P,
      I,
      I,
      I,
    ),

    // Adapters
    loadAdapter: fn<(model: M, path: string) => A | null>(P, 'adapter_lora_init', P, 'str'),
    freeAdapter: fn<(adapter: A) => void>('void', 'adapter_lora_free', P),
    setAdapters: fn<(context: C, adapters: BigUint64Array, count: number, scales: Float32Array) => number>(
      I,
      'set_adapters_lora',
      P,
      P,
      Z,
      P,
    ),

    // Vocabulary
    vocabSize: fn<(vocab: V) => number>(I, 'vocab_n_tokens', P),
    vocabType: fn<(vocab: V) => number>('int', 'vocab_type', P),
    bos: fn<(vocab: V) => number>(I, 'vocab_bos', P),
    eos: fn<(vocab: V) => number>(I, 'vocab_eos', P),
    eot: fn<(vocab: V) => number>(I, 'vocab_eot', P),
    addsBos: fn<(vocab: V) => boolean>('bool', 'vocab_get_add_bos', P),
    isEndOfGeneration: fn<(vocab: V, token: number) => boolean>('bool', 'vocab_is_eog', P, I),
    tokenAttributes: fn<(vocab: V, token: number) => number>('int', 'vocab_get_attr', P, I),
    tokenize: fn<
      (
        vocab: V,
        text: Uint8Array,
        bytes: number,
        out: Int32Array,
        max: number,
        bos: boolean,
        special: boolean,
      ) => number
    >(I, 'tokenize', P, P, I, P, I, 'bool', 'bool'),
    tokenPiece: fn<(vocab: V, token: number, out: Uint8Array, max: number, strip: number, special: boolean) => number>(
      I,
      'token_to_piece',
      P,
      I,
      P,
      I,
      I,
      'bool',
    ),
    detokenize: fn<
      (v: V, ids: Int32Array, n: number, out: Uint8Array, max: number, remove: boolean, special: boolean) => number
    >(I, 'detokenize', P, P, I, P, I, 'bool', 'bool'),
  };
}
