import { TunesmithError } from '#common/domain/errors.ts';
import { type SupportedArchitecture, supportedArchitectures } from '#common/domain/model-info.ts';
import { attentionScale, readRope, readSlidingWindow } from './config-attention.ts';
import { float, integer, numbers, required, text, u32 } from './metadata.ts';
import type { GgufFile } from './read.ts';
import { checkTensors } from './tensors.ts';

/** Hyper-parameters of a decoder, with llama.cpp's defaults filled in: what the graph builder needs. */
export interface ModelConfig {
  readonly architecture: SupportedArchitecture;
  readonly layers: number;
  /** Width of the residual stream, d. */
  readonly embeddingLength: number;
  readonly heads: number;
  /** Key and value heads; each serves `heads / kvHeads` query heads. */
  readonly kvHeads: number;
  /** Width of a query or key head. */
  readonly headDim: number;
  /** Width of a value head; always `headDim` in the supported architectures. */
  readonly valueDim: number;
  readonly feedForward: number;
  /** Rows of `token_embd.weight`. */
  readonly vocabulary: number;
  readonly rmsEpsilon: number;
  /** `normal` pairs neighbours (x0, x1), `neox` pairs halves (x0, x[n/2]). */
  readonly ropeMode: 'normal' | 'neox';
  readonly ropeBase: number;
  /** Values of a head that are rotated. */
  readonly ropeDimensions: number;
  /** Positions are divided by this; 1 for none. In gemma3 on layers without a sliding window only. */
  readonly ropeScaleLinear: number;
  /** Base of layers with a sliding window; equal to `ropeBase` where the architecture has no other. */
  readonly ropeBaseLocal: number;
  /** Divisor of positions on layers with a sliding window. */
  readonly ropeScaleLinearLocal: number;
  /** A key `slidingWindow` or more positions back is not seen (`query - key >= slidingWindow`); null for none. */
  readonly slidingWindow: number | null;
  /** By layer. All false where `slidingWindow` is null. */
  readonly isSliding: readonly boolean[];
  /** `cap x tanh(scores / cap)` before the mask; null for none. */
  readonly attnLogitSoftcap: number | null;
  readonly finalLogitSoftcap: number | null;
  /** Factor on q·k. */
  readonly attentionScale: number;
  /** Factor on the embedding's rows: sqrt(d) in the gemma family, else 1. */
  readonly embeddingScale: number;
  /** The head is `token_embd.weight`: the file has no `output.weight`. */
  readonly tiedEmbeddings: boolean;
  /** Tokens the model was trained to read at once. */
  readonly contextLength: number;
}

/**
 * Reads and checks what the graph builder needs to know. What comes out agrees with the file's tensors: every tensor
 * the architecture needs is there in the right shape, and no other. Follows llama.cpp's `load_hparams` and
 * `src/models/<architecture>.cpp`; values that Ollama's own converter leaves out are filled in.
 * @throws TunesmithError `architecture-unsupported` with the reason in words, `file-corrupt` for impossible values.
 */
export function readModelConfig(file: GgufFile): ModelConfig {
  const architecture = readArchitecture(file);
  refuseVariants(file, architecture);
  const key = (name: string): string => `${architecture}.${name}`;
  const count = (name: string, most: number): number => {
    const value = required(file, key(name), perLayer(file, key(name)));
    if (value >= 1 && value <= most) return value;
    throw new TunesmithError('file-corrupt', `${file.path} is damaged: ${key(name)} is ${value}.`, advice);
  };
  const layers = count('block_count', 512);
  const embeddingLength = count('embedding_length', 1 << 20);
  const heads = count('attention.head_count', 1 << 14);
  const kvHeads = file.metadata.has(key('attention.head_count_kv')) ? count('attention.head_count_kv', 1 << 14) : heads;
  const headDim = u32(file, key('attention.key_length')) ?? Math.floor(embeddingLength / heads);
  const valueDim = u32(file, key('attention.value_length')) ?? Math.floor(embeddingLength / heads);
  const rope = readRope(file, architecture, headDim);
  const sliding = readSlidingWindow(file, architecture, layers);
  const config: ModelConfig = {
    architecture,
    layers,
    embeddingLength,
    heads,
    kvHeads,
    headDim,
    valueDim,
    feedForward: count('feed_forward_length', 1 << 22),
    vocabulary: vocabulary(file, embeddingLength),
    rmsEpsilon: rmsEpsilon(file, architecture),
    ropeMode: architecture === 'llama' ? 'normal' : 'neox',
    ...rope,
    ...sliding,
    ...softcaps(file, architecture),
    attentionScale: attentionScale({ architecture, layers, embeddingLength, heads, headDim }),
    embeddingScale: architecture.startsWith('gemma') ? Math.sqrt(embeddingLength) : 1,
    tiedEmbeddings: !file.tensors.some((tensor) => tensor.name === 'output.weight'),
    contextLength: count('context_length', 0xffff_ffff),
  };
  checkShape(file, config);
  checkTensors(file, config);
  return config;
}

const advice = { advice: 'Try another GGUF of the same model.' };

/** `general.architecture`, refused where the engine cannot teach it. */
export function readArchitecture(file: GgufFile): SupportedArchitecture {
  const name = required(file, 'general.architecture', text(file, 'general.architecture'));
  const known = supportedArchitectures.find((architecture) => architecture === name);
  if (known !== undefined) return known;
  if (text(file, 'general.type') === 'adapter') throw unsupported(file, 'it is an adapter, not a whole model');
  throw unsupported(
    file,
    `its architecture is ${JSON.stringify(name)}, and Tunesmith can teach ${supportedArchitectures.join(', ')}`,
  );
}

/** Kinds of an otherwise supported architecture that the graph builder does not know. */
function refuseVariants(file: GgufFile, architecture: SupportedArchitecture): void {
  if (text(file, 'general.type') === 'adapter') throw unsupported(file, 'it is an adapter, not a whole model');
  const experts = u32(file, `${architecture}.expert_count`) ?? 0;
  if (experts > 0) throw unsupported(file, `it is a mixture of ${experts} experts`);
  if ((u32(file, `${architecture}.nextn_predict_layers`) ?? 0) > 0) {
    throw unsupported(file, 'it has extra layers that predict several tokens at once');
  }
  if (file.tensors.some((tensor) => /^blk\.\d+\.attn_qkv\./.test(tensor.name))) {
    throw unsupported(file, 'its query, key and value weights are fused into one (attn_qkv)');
  }
}

/** A number, or a list with one number for each layer, which must then all be equal. */
function perLayer(file: GgufFile, key: string): number | undefined {
  if (file.metadata.get(key)?.type !== 'array') return u32(file, key);
  const values = numbers(file, key) ?? [];
  const first = values[0];
  if (first === undefined || values.some((value) => value !== first)) {
    throw unsupported(file, `its layers differ in size (${key})`);
  }
  return first;
}

function vocabulary(file: GgufFile, embeddingLength: number): number {
  const embedding = file.tensors.find((tensor) => tensor.name === 'token_embd.weight');
  if (embedding === undefined) throw unsupported(file, 'it lacks the tensor token_embd.weight');
  const rows = embedding.shape[1];
  if (embedding.shape.length === 2 && rows !== undefined && embedding.shape[0] === embeddingLength) return rows;
  throw unsupported(file, `token_embd.weight has the shape ${embedding.shape.join(' x ')}`);
}

function rmsEpsilon(file: GgufFile, architecture: SupportedArchitecture): number {
  const key = `${architecture}.attention.layer_norm_rms_epsilon`;
  // Ollama's converter leaves it out of gemma3 files; 1e-6 is what the model was trained with.
  const value = required(file, key, float(file, key) ?? (architecture === 'gemma3' ? 1e-6 : undefined));
  if (value > 0 && value < 1) return value;
  throw new TunesmithError('file-corrupt', `${file.path} is damaged: ${key} is ${value}.`, advice);
}

function softcaps(
  file: GgufFile,
  architecture: SupportedArchitecture,
): Pick<ModelConfig, 'attnLogitSoftcap' | 'finalLogitSoftcap'> {
  const cap = (name: string, missing: number | null): number | null => {
    const value = float(file, `${architecture}.${name}`) ?? missing;
    return value === null || value <= 0 ? null : value;
  };
  if (architecture === 'gemma2') {
    return {
      attnLogitSoftcap: cap('attn_logit_softcapping', 50),
      finalLogitSoftcap: cap('final_logit_softcapping', 30),
    };
  }
  if (architecture === 'gemma3') {
    return { attnLogitSoftcap: null, finalLogitSoftcap: cap('final_logit_softcapping', null) };
  }
  return { attnLogitSoftcap: null, finalLogitSoftcap: null };
}

function checkShape(file: GgufFile, config: ModelConfig): void {
  const { heads, kvHeads, headDim, valueDim, ropeDimensions, architecture, vocabulary: rows } = config;
  if (heads % kvHeads !== 0) throw unsupported(file, `${heads} heads cannot share ${kvHeads} key and value heads`);
  if (headDim !== valueDim) throw unsupported(file, `keys (${headDim}) and values (${valueDim}) differ in width`);
  if (headDim < 2 || headDim % 2 !== 0) throw unsupported(file, `its heads have ${headDim} values`);
  const whole = ropeDimensions === headDim;
  const partial = ropeDimensions % 2 === 0 && ropeDimensions >= 2 && ropeDimensions < headDim;
  if (!whole && !(partial && architecture.startsWith('gemma'))) {
    throw unsupported(file, `it rotates ${ropeDimensions} of the ${headDim} values of a head`);
  }
  if (rows >= 1 << 24 || (integer(file, `${architecture}.vocab_size`) ?? rows) > 1 << 24) {
    throw unsupported(file, `its vocabulary has ${rows} entries`);
  }
}

/** The error for a model that the engine cannot teach: `why` completes "cannot be taught: …". */
export function unsupported(file: GgufFile, why: string): TunesmithError {
  return new TunesmithError('architecture-unsupported', `${file.path} cannot be taught: ${why}.`, {
    advice: `Choose a GGUF of one of these architectures: ${supportedArchitectures.join(', ')}.`,
  });
}
