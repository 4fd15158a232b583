/**
 * The structures that libllama takes and returns by value, for llama.cpp v0.5.0 (the version this project pins).
 * An enum is an int. A size that differs from the compiled library's would corrupt memory, so sizes are asserted.
 */
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Pointer } from './ggml.ts';

export type LlamaModelPointer = Pointer<'llama_model'>;
export type LlamaContextPointer = Pointer<'llama_context'>;
export type LlamaVocabPointer = Pointer<'llama_vocab'>;
export type LlamaAdapterPointer = Pointer<'llama_adapter_lora'>;
export type LlamaMemoryPointer = Pointer<'llama_memory'>;

const P = 'void*';

const modelParams = koffi.struct('llama_model_params', {
  devices: P,
  tensor_buft_overrides: P,
  n_gpu_layers: 'int32',
  split_mode: 'int',
  load_mode: 'int',
  lazy_mode: 'int',
  main_gpu: 'int32',
  tensor_split: P,
  progress_callback: P,
  progress_callback_user_data: P,
  kv_overrides: P,
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
});

const contextParams = koffi.struct('llama_context_params', {
  n_ctx: 'uint32',
  n_batch: 'uint32',
  n_ubatch: 'uint32',
  n_seq_max: 'uint32',
  n_rs_seq: 'uint32',
  n_outputs_max: 'uint32',
  n_outputs_max_per_seq: 'uint32',
  n_threads: 'int32',
  n_threads_batch: 'int32',
  ctx_type: 'int',
  rope_scaling_type: 'int',
  pooling_type: 'int',
  attention_type: 'int',
  flash_attn_type: 'int',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32',
  defrag_thold: 'float',
  cb_eval: P,
  cb_eval_user_data: P,
  type_k: 'int',
  type_v: 'int',
  abort_callback: P,
  abort_callback_data: P,
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: P,
  n_samplers: 'size_t',
  ctx_other: P,
});

koffi.struct('llama_batch', {
  n_tokens: 'int32',
  token: P,
  embd: P,
  pos: P,
  n_seq_id: P,
  seq_id: P,
  logits: P,
});

const quantizeParams = koffi.struct('llama_model_quantize_params', {
  nthread: 'int32',
  ftype: 'int',
  output_tensor_type: 'int',
  token_embedding_type: 'int',
  allow_requantize: 'bool',
  quantize_output_tensor: 'bool',
  only_copy: 'bool',
  pure: 'bool',
  keep_split: 'bool',
  dry_run: 'bool',
  imatrix: P,
  kv_overrides: P,
  tt_overrides: P,
  prune_layers: P,
  max_buf_size: 'size_t',
});

/** `llama_model_params`; take the defaults and set what is needed. */
export interface LlamaModelParams {
  /** Address of a list of devices that ends with 0; null means every device. */
  devices: bigint | BigUint64Array | null;
  n_gpu_layers: number;
  load_mode: number;
  vocab_only: boolean;
  check_tensors: boolean;
  use_extra_bufts: boolean;
}

/** `llama_context_params`; take the defaults and set what is needed. */
export interface LlamaContextParams {
  /** All sequences together. */
  n_ctx: number;
  n_batch: number;
  n_ubatch: number;
  n_seq_max: number;
  n_threads: number;
  n_threads_batch: number;
  flash_attn_type: number;
  type_k: number;
  type_v: number;
  abort_callback: bigint | null;
  abort_callback_data: bigint | null;
  no_perf: boolean;
  offload_kqv: boolean;
  op_offload: boolean;
  swa_full: boolean;
  kv_unified: boolean;
}

/** `llama_batch` as addresses of arrays that the caller keeps alive until the call has returned. */
export interface LlamaBatch {
  readonly n_tokens: number;
  readonly token: bigint;
  readonly embd: null;
  readonly pos: bigint;
  readonly n_seq_id: bigint;
  readonly seq_id: bigint;
  readonly logits: bigint;
}

/** `llama_model_quantize_params`; take `llama().quantizeDefaults()` and set what is needed. */
export interface LlamaQuantizeParams {
  /** 0 or less: all cores. */
  nthread: number;
  /** `llama_ftype`: what `general.file_type` will say. */
  ftype: number;
  output_tensor_type: number;
  token_embedding_type: number;
  allow_requantize: boolean;
  quantize_output_tensor: boolean;
  only_copy: boolean;
  pure: boolean;
  keep_split: boolean;
  dry_run: boolean;
  imatrix: bigint | null;
  kv_overrides: bigint | null;
  tt_overrides: bigint | null;
  prune_layers: bigint | null;
  max_buf_size: number;
}

export const flashAttention = { auto: -1, disabled: 0, enabled: 1 } as const;
export const loadMode = { auto: -1, none: 0, mmap: 1 } as const;

/** Bits of `llama_token_attr`. */
export const tokenAttribute = { unknown: 1, unused: 2, normal: 4, control: 8, userDefined: 16, byte: 32 } as const;

/** Throws where a declared structure does not have the size that the pinned version compiles to. */
export function assertLlamaStructSizes(): void {
  const expected = [
    [modelParams, 80],
    [contextParams, 160],
    [quantizeParams, 64],
  ] as const;
  for (const [type, bytes] of expected) {
    if (koffi.sizeof(type) !== bytes) {
      throw new TunesmithError('internal', `The structure ${type.name} is declared with the wrong size.`);
    }
  }
}
