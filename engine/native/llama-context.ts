/** A libllama context: the cache of several sequences, and batches of tokens computed through the model. */
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import { getGgml, ggmlType, type ContextPointer } from './ggml.ts';
import { type LlamaAdapter, type LlamaModel, reasonFromLog } from './llama-model.ts';
import { clearComplaints, inBackground, llama } from './llama.ts';
import { flashAttention, type LlamaContextPointer } from './llama-types.ts';
import { TokenBatch } from './llama-batch.ts';

export interface ContextOptions {
  /** Tokens each sequence has room for. */
  readonly sequenceTokens: number;
  /** How many sequences are kept at once. */
  readonly sequences: number;
  /** Most tokens of one batch. */
  readonly batchTokens: number;
  readonly threads: number;
  /** F32 cache and plain attention, for reference values; otherwise F16 and whatever is fastest. */
  readonly exact?: boolean;
}

export class LlamaContext implements Disposable {
  readonly sequenceTokens: number;
  readonly sequences: number;
  readonly batch: TokenBatch;
  private readonly model: LlamaModel;
  private readonly pointer: LlamaContextPointer;
  private readonly cancelFlag: ContextPointer;
  private readonly logitsType: ReturnType<typeof koffi.array>;
  private freed = false;

  /** Throws `out-of-memory` where the cache does not fit. */
  constructor(model: LlamaModel, options: ContextOptions) {
    const api = llama();
    const ggml = getGgml();
    const params = api.contextDefaults();
    params.n_ctx = options.sequenceTokens * options.sequences;
    params.n_batch = options.batchTokens;
    params.n_ubatch = options.batchTokens;
    params.n_seq_max = options.sequences;
    params.n_threads = options.threads;
    params.n_threads_batch = options.threads;
    params.no_perf = true;
    params.offload_kqv = false;
    params.op_offload = false;
    if (options.exact === true) {
      params.type_k = ggmlType.F32;
      params.type_v = ggmlType.F32;
      params.flash_attn_type = flashAttention.disabled;
    }
    // Asked between two nodes of a graph. A C function that exists already, since the event loop may be busy.
    this.cancelFlag = ggml.init({ mem_size: 1024, mem_buffer: null, no_alloc: false });
    params.abort_callback = ggml.getNoAllocAddress();
    params.abort_callback_data = this.cancelFlag;
    clearComplaints();
    const pointer = api.newContext(model.pointer, params);
    if (!pointer) {
      ggml.free(this.cancelFlag);
      throw new TunesmithError('out-of-memory', `The model's working memory could not be had${reasonFromLog()}.`, {
        advice: 'Close other programs, or use a smaller model or shorter texts.',
      });
    }
    this.model = model;
    this.pointer = pointer;
    this.sequences = options.sequences;
    this.sequenceTokens = api.contextLength(pointer);
    this.batch = new TokenBatch(options.batchTokens);
    this.logitsType = koffi.array('float', model.vocabularySize, 'Typed');
  }

  /**
   * Computes what is in `batch`. The event loop lives meanwhile. Rejects with the signal's reason when it fires,
   * within milliseconds; the cache is then undefined and must be cleared.
   */
  async decode(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const ggml = getGgml();
    const raiseFlag = () => ggml.setNoAlloc(this.cancelFlag, true);
    signal?.addEventListener('abort', raiseFlag, { once: true });
    let status: number;
    try {
      status = await inBackground(llama().decode, this.pointer, this.batch.native());
    } finally {
      signal?.removeEventListener('abort', raiseFlag);
      ggml.setNoAlloc(this.cancelFlag, false);
    }
    signal?.throwIfAborted();
    if (status !== 0) {
      throw new TunesmithError('internal', `The model could not compute a batch (status ${status})${reasonFromLog()}.`);
    }
  }

  /** A copy of the logits (natural-log scale, not normalised) of the batch's token at `index`. */
  logits(index: number): Float32Array {
    const address = llama().logitsAt(this.pointer, index);
    if (!address) throw new TunesmithError('internal', `No logits were computed for token ${index} of the batch.`);
    return koffi.decode(address, this.logitsType) as Float32Array;
  }

  setThreads(threads: number): void {
    llama().setThreads(this.pointer, threads, threads);
  }

  /** Forgets everything. */
  clear(): void {
    llama().clearMemory(llama().memory(this.pointer), true);
  }

  /** Forgets one sequence. */
  removeSequence(sequence: number): void {
    llama().removeSequence(llama().memory(this.pointer), sequence, -1, -1);
  }

  /** Computes with this adapter from now on, or with none. Clear the cache afterwards. */
  setAdapter(adapter: LlamaAdapter | null): void {
    const adapters = new BigUint64Array(adapter === null ? [] : [adapter.pointer]);
    const scales = new Float32Array(adapters.length).fill(1);
    if (llama().setAdapters(this.pointer, adapters, adapters.length, scales) !== 0) {
      throw new TunesmithError('file-unsupported', `The adapter could not be used with ${this.model.path}.`, {
        advice: 'Use the base model that the adapter was trained on.',
      });
    }
  }

  /** Not while a `decode` is under way. */
  [Symbol.dispose](): void {
    if (this.freed) return;
    this.freed = true;
    llama().freeContext(this.pointer);
    getGgml().free(this.cancelFlag);
  }
}
