/**
 * Our own CPU kernels (engine/kernels): a small library that ggml's thread pool calls through custom nodes.
 * Everything works without it; `kernels()` says in words why it is not used.
 *
 * `TUNESMITH_KERNELS`: `off`, or the name of a level (`avx2`, `avxvnni`, `avx512`, `avx512vnni`, `avx512bf16`, `neon`) to
 * use no better one.
 */
import fs from 'node:fs';
import path from 'node:path';
import koffi from 'koffi';
import { currentHost, type Host } from '#common/platform/host.ts';
import { places } from '#common/platform/places.ts';
import { ggmlType, type ContextPointer, type TensorPointer } from './ggml.ts';
import { loadLibraries } from './library.ts';

/** As in engine/kernels/kernels.h. */
const abi = 3;

/** How a term's operands lie; see engine/kernels/product.c. */
export const productKind = { rows: 0, columns: 1, leftTurned: 2 } as const;
export const mostProductTerms = 4;

export interface ProductTerm {
  readonly kind: keyof typeof productKind;
  readonly left: TensorPointer;
  readonly right: TensorPointer;
  readonly factor: number;
}

export interface AttentionSettings {
  /** Of q: features, heads, tokens. */
  readonly shape: readonly [features: number, heads: number, tokens: number];
  /** Of k and v. */
  readonly groups: number;
  readonly scale: number;
  readonly softcap: number | null;
}

export interface Kernels {
  /** Name of the instruction level in use. */
  readonly level: string;
  /** Where true, weights that are not F32 are multiplied in BF16, and so is what they are multiplied by. */
  readonly multipliesBf16: boolean;
  /** Rows of F32 to Q8_0, of which smaller stored types keep more than of ggml's rounding (engine/kernels/q8.inc.h). */
  q8(values: Float32Array): Uint8Array;
  /** Products in 8 bits; null where the level has none. */
  readonly int8: Int8Kernels | null;
  /** [columns, rows] = sum of the terms. */
  product(context: ContextPointer, columns: number, rows: number, terms: readonly ProductTerm[]): TensorPointer;
  /** d(gate), then d(up): [F, 2T] for gate, up and dy of [F, T]. */
  gluBack(
    context: ContextPointer,
    activation: 'silu' | 'gelu',
    shape: readonly [number, number],
    inputs: readonly TensorPointer[],
  ): TensorPointer;
  /** Causal attention of q, k, v and first: o, then one more value for each query and head. See engine/kernels/attention.c. */
  attention(context: ContextPointer, settings: AttentionSettings, inputs: readonly TensorPointer[]): TensorPointer;
  /** Of the same inputs, the result of `attention` and dy: dq, dk, dv, then one more value for each query and head. */
  attentionBack(context: ContextPointer, settings: AttentionSettings, inputs: readonly TensorPointer[]): TensorPointer;
  /** Of logits [V,n] and labels: four values a row, [n,4]. See engine/kernels/cross-entropy.c. */
  lossSums(
    context: ContextPointer,
    rows: number,
    softcap: number | null,
    inputs: readonly TensorPointer[],
  ): TensorPointer;
  /** Overwrites the logits with their gradient, without the label's own part. */
  lossGradients(
    context: ContextPointer,
    softcap: number | null,
    logits: TensorPointer,
    sums: TensorPointer,
  ): TensorPointer;
}

/** A frozen weight with `outFeatures` rows of `inFeatures` values, of which some rows are at hand. */
export interface WeightRows {
  /** F32, F16, BF16 or Q8_0. */
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly rowBytes: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** First row that is here; a multiple of 32. */
  readonly first: number;
  /** Rows that are here; a multiple of 32, unless they are the last. */
  readonly count: number;
}

/** See engine/kernels/int8.inc.h for the layouts. */
export interface Int8Kernels {
  /** Bytes of one row of rounded activations of `depth` values. */
  rowBytes(depth: number): number;
  /** Bytes of a packed weight that is multiplied by rows of `depth` values and gives `columns`. */
  packBytes(depth: number, columns: number): number;
  /** F32 [depth,rows] rounded to 8 bits: I8 [rowBytes(depth),rows]. */
  rows(context: ContextPointer, depth: number, rows: number, x: TensorPointer): TensorPointer;
  /** Packs rows of a weight into tensors in host memory: for W x, and (null where it is not needed) for Wᵀ dy. */
  pack(weight: WeightRows, forward: TensorPointer, backward: TensorPointer | null): void;
}

export type KernelsState =
  | { readonly kernels: Kernels; readonly reason: null }
  | {
      readonly kernels: null;
      /** Why not, in words. */
      readonly reason: string;
      /** True where a person switched them off. */
      readonly wanted: boolean;
    };

let state: KernelsState | undefined;

/** Loads the library once per process. */
export function loadKernels(): KernelsState {
  state ??= tryLoad(currentHost());
  return state;
}

/** For what is found out later (the numeric self-test): from now on plain ggml is used. */
export function refuseKernels(reason: string): void {
  state = { kernels: null, reason, wanted: true };
}

/** Chooses by `TUNESMITH_KERNELS` anew: for tests. */
export function reloadKernels(): KernelsState {
  state = undefined;
  return loadKernels();
}

/** The library of a platform, below the app's folder. */
export function kernelsFile(host: Host): string {
  const name =
    host.platform === 'win32'
      ? 'tunesmith-kernels.dll'
      : `libtunesmith-kernels.${host.platform === 'darwin' ? 'dylib' : 'so'}`;
  return path.join(places.resources, 'bin', 'kernels', `${host.platform}-${host.arch}`, name);
}

function tryLoad(host: Host): KernelsState {
  const choice = host.env['TUNESMITH_KERNELS'] ?? '';
  if (choice === 'off') return { kernels: null, reason: 'they are switched off', wanted: false };
  const file = kernelsFile(host);
  const refused = (reason: string): KernelsState => ({ kernels: null, reason, wanted: true });
  if (!fs.existsSync(file)) return refused(`there are none for ${host.platform} ${host.arch}`);
  try {
    const library = koffi.load(file);
    const found = library.func('int tunesmith_kernels_abi()')() as number;
    if (found !== abi) return refused(`they are of version ${found}, not ${abi}`);
    const levelAt = library.func('const char* tunesmith_kernels_level(int)');
    const best = levelAt(0) as string | null;
    if (best === null) return refused('this processor is too old for them');
    const level = choice === '' ? best : choice;
    if (library.func('int tunesmith_kernels_use(const char*)')(level) !== 1) {
      return refused(`this processor has no "${level}"`);
    }
    return { kernels: declare(library, level), reason: null };
  } catch (thrown) {
    return refused(`they could not be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

type Library = ReturnType<typeof koffi.load>;
type Init = (node: bigint) => void;
type MakeNode = (
  context: ContextPointer,
  shape: readonly [number, number],
  inputs: readonly TensorPointer[],
  compute: bigint,
  data: bigint | null,
  type?: number,
) => TensorPointer;
type AddTerm = (node: bigint, kind: number, factor: number) => void;
type InitAttention = (node: bigint, tokens: number, groups: number, scale: number, softcap: number) => void;

function declare(library: Library, level: string): Kernels {
  const { base } = loadLibraries();
  const P = 'void*';
  const L = 'int64_t';
  const custom = base.func('ggml_custom_4d', P, [P, 'int', L, L, L, L, koffi.pointer(P), 'int', P, 'int', P]);
  const newBuffer = base.func('ggml_new_buffer', P, [P, 'size_t']) as unknown as (
    context: ContextPointer,
    bytes: number,
  ) => bigint;
  const address = (name: string): bigint => library.symbol(name, 'void') as unknown as bigint;
  const functions = {
    product: address('tunesmith_product'),
    silu: address('tunesmith_swiglu_back'),
    gelu: address('tunesmith_geglu_back'),
    attention: address('tunesmith_attention'),
    attentionBack: address('tunesmith_attention_back'),
    lossSums: address('tunesmith_cross_entropy_sums'),
    lossGradients: address('tunesmith_cross_entropy_gradients'),
  };
  const productBytes = Number(library.func('size_t tunesmith_product_bytes()')());
  const init = library.func('tunesmith_product_init', 'void', [P]) as unknown as Init;
  const addTerm = library.func('tunesmith_product_term', 'void', [P, 'int', 'float']) as unknown as AddTerm;
  const attentionBytes = library.func('tunesmith_attention_bytes', 'size_t', [L, L]) as unknown as (
    tokens: number,
    groups: number,
  ) => number | bigint;
  const initAttention = library.func('tunesmith_attention_init', 'void', [
    ...[P, L, L, 'float', 'float'],
  ]) as unknown as InitAttention;
  const attentionNode = (
    context: ContextPointer,
    { shape: [, , tokens], groups, scale, softcap }: AttentionSettings,
    inputs: readonly TensorPointer[],
    values: number,
    compute: bigint,
  ): TensorPointer => {
    const settings = newBuffer(context, Number(attentionBytes(tokens, groups)));
    initAttention(settings, tokens, groups, scale, softcap ?? 0);
    return node(context, [values, 1], inputs, compute, settings);
  };
  const customInPlace = base.func('ggml_custom_inplace', P, [P, P, koffi.pointer(P), 'int', P, 'int', P]);
  const lossBytes = Number(library.func('size_t tunesmith_cross_entropy_bytes()')());
  const initLoss = library.func('tunesmith_cross_entropy_init', 'void', [P, 'float']) as unknown as (
    node: bigint,
    softcap: number,
  ) => void;
  const lossSettings = (context: ContextPointer, softcap: number | null): bigint => {
    const settings = newBuffer(context, lossBytes);
    initLoss(settings, softcap ?? 0);
    return settings;
  };
  const q8 = library.func('void tunesmith_q8(const float*, int64_t, _Out_ uint8_t*)');
  const allThreads = -1;
  const node: MakeNode = (
    context: ContextPointer,
    [n0, n1]: readonly [number, number],
    inputs: readonly TensorPointer[],
    compute: bigint,
    data: bigint | null,
    type: number = ggmlType.F32,
  ): TensorPointer =>
    custom(context, type, n0, n1, 1, 1, inputs, inputs.length, compute, allThreads, data) as TensorPointer;
  return {
    level,
    multipliesBf16: library.func('int tunesmith_kernels_multiplies_bf16()')() === 1,
    int8: library.func('int tunesmith_kernels_multiplies_int8()')() === 1 ? declareInt8(library, node) : null,
    q8(values) {
      const blocks = values.length / 32;
      if (!Number.isInteger(blocks)) throw new RangeError(`${values.length} values are not whole blocks`);
      const bytes = new Uint8Array(blocks * 34);
      q8(values, blocks, bytes);
      return bytes;
    },
    product(context, columns, rows, terms) {
      if (terms.length === 0 || terms.length > mostProductTerms) throw new RangeError(`${terms.length} terms`);
      // The node's settings and its work counter live in the graph's own context and die with it.
      const settings = newBuffer(context, productBytes);
      init(settings);
      for (const { kind, factor } of terms) addTerm(settings, productKind[kind], factor);
      const inputs = terms.flatMap(({ left, right }) => [left, right]);
      return node(context, [columns, rows], inputs, functions.product, settings);
    },
    gluBack(context, activation, [features, tokens], inputs) {
      return node(context, [features, 2 * tokens], inputs, functions[activation], null);
    },
    attention(context, settings, inputs) {
      const [features, heads, tokens] = settings.shape;
      return attentionNode(context, settings, inputs, (features + 1) * heads * tokens, functions.attention);
    },
    attentionBack(context, settings, inputs) {
      const [features, heads, tokens] = settings.shape;
      const values = ((features + 1) * heads + 2 * features * settings.groups) * tokens;
      return attentionNode(context, settings, inputs, values, functions.attentionBack);
    },
    lossSums(context, rows, softcap, inputs) {
      return node(context, [rows, 4], inputs, functions.lossSums, lossSettings(context, softcap));
    },
    lossGradients(context, softcap, logits, sums) {
      const settings = lossSettings(context, softcap);
      return customInPlace(context, logits, [sums], 1, functions.lossGradients, allThreads, settings) as TensorPointer;
    },
  };
}

function declareInt8(library: Library, node: MakeNode): Int8Kernels {
  const rowBytes = library.func('size_t tunesmith_int8_row_bytes(int64_t)');
  const packBytes = library.func('size_t tunesmith_int8_pack_bytes(int64_t, int64_t)');
  const pack = library.func(
    'void tunesmith_int8_pack(int, const uint8_t*, int64_t, int64_t, int64_t, int64_t, int64_t, void*, void*)',
  );
  const compute = library.symbol('tunesmith_int8_rows', 'void') as unknown as bigint;
  return {
    rowBytes: (depth) => Number(rowBytes(depth)),
    packBytes: (depth, columns) => Number(packBytes(depth, columns)),
    rows(context, depth, rows, x) {
      return node(context, [this.rowBytes(depth), rows], [x], compute, null, ggmlType.I8);
    },
    pack({ type, bytes, rowBytes: row, inFeatures, outFeatures, first, count }, forward, backward) {
      if (bytes.byteLength < row * count) throw new RangeError(`${bytes.byteLength} bytes for ${count} rows`);
      pack(type, bytes, row, inFeatures, outFeatures, first, count, forward, backward);
    },
  };
}
