/**
 * The part of ggml's C interface that the engine uses, declared once. Pointers are koffi's BigInts and carry a
 * nominal type here, so that a graph is not handed in where a tensor belongs.
 *
 * Facts that hold for ggml 0.25 (llama.cpp v0.5.0), which the project pins: shapes are `ne` (fastest dimension
 * first), strides `nb` are bytes, an enum is an int, and `bool` is one byte.
 */
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import { loadLibraries } from './library.ts';

export type Pointer<Kind extends string> = bigint & { readonly __pointer?: Kind };
export type TensorPointer = Pointer<'ggml_tensor'>;
export type ContextPointer = Pointer<'ggml_context'>;
export type GraphPointer = Pointer<'ggml_cgraph'>;
export type BackendPointer = Pointer<'ggml_backend'>;
export type DevicePointer = Pointer<'ggml_backend_dev'>;
export type BufferTypePointer = Pointer<'ggml_backend_buffer_type'>;
export type BufferPointer = Pointer<'ggml_backend_buffer'>;
export type AllocatorPointer = Pointer<'ggml_gallocr'>;

/** ggml's tensor types that the engine names itself; engine/gguf/types.ts has the whole table. */
export const ggmlType = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 8, Q4_K: 12, I8: 24, I32: 26, BF16: 30 } as const;

/** `ggml_backend_dev_type`. */
export const deviceType = { cpu: 0, gpu: 1, integratedGpu: 2, accelerator: 3 } as const;

/** `GGML_ROPE_TYPE_*`. */
export const ropeMode = { norm: 0, neox: 2 } as const;

/** `ggml_status`. */
export const computeStatus = { aborted: 1, success: 0, failed: -1, allocFailed: -2 } as const;

koffi.struct('ggml_init_params', { mem_size: 'size_t', mem_buffer: 'void*', no_alloc: 'bool' });
koffi.struct('ggml_backend_dev_caps', {
  async: 'bool',
  host_buffer: 'bool',
  buffer_from_host_ptr: 'bool',
  events: 'bool',
  mmap_support: 'bool',
});
koffi.struct('ggml_backend_dev_props', {
  name: 'str',
  description: 'str',
  memory_free: 'size_t',
  memory_total: 'size_t',
  type: 'int',
  device_id: 'str',
  caps: 'ggml_backend_dev_caps',
});
const tensorStruct = koffi.struct('ggml_tensor', {
  type: 'int',
  buffer: 'void*',
  ne: koffi.array('int64_t', 4),
  nb: koffi.array('size_t', 4),
  op: 'int',
  op_params: koffi.array('int32_t', 16),
  flags: 'int32_t',
  src: koffi.array('void*', 10),
  view_src: 'void*',
  view_offs: 'size_t',
  data: 'void*',
  name: koffi.array('char', 64, 'String'),
  extra: 'void*',
  padding: koffi.array('char', 8),
});

export type Ggml = ReturnType<typeof declare>;
let ggml: Ggml | undefined;

/** The declared functions; loads the libraries on first use. */
export function getGgml(): Ggml {
  if (ggml === undefined) {
    if (koffi.sizeof(tensorStruct) !== 336) {
      throw new TunesmithError('internal', 'The llama.cpp libraries do not match this version of Tunesmith.');
    }
    ggml = declare();
  }
  return ggml;
}

function declare() {
  const { base, ggml: registry } = loadLibraries();
  const P = 'void*';
  const I = 'int';
  const L = 'int64_t';
  const S = 'size_t';
  const F = 'float';
  type Fn = (...args: never[]) => unknown;
  const fromBase = <T extends Fn>(ret: string, name: string, ...args: string[]) =>
    base.func(`ggml_${name}`, ret, args) as unknown as T;
  const fromRegistry = <T extends Fn>(ret: string, name: string, ...args: string[]) =>
    registry.func(`ggml_${name}`, ret, args) as unknown as T;

  type C = ContextPointer;
  type T = TensorPointer;
  type Unary = (ctx: C, a: T) => T;
  type Binary = (ctx: C, a: T, b: T) => T;
  const unary = (name: string) => fromBase<Unary>(P, name, P, P);
  const binary = (name: string) => fromBase<Binary>(P, name, P, P, P);

  return {
    // Contexts and graphs
    init: fromBase<(p: { mem_size: number; mem_buffer: null; no_alloc: boolean }) => C>(P, 'init', 'ggml_init_params'),
    free: fromBase<(ctx: C) => void>('void', 'free', P),
    tensorOverhead: fromBase<() => number>(S, 'tensor_overhead'),
    graphOverhead: fromBase<(nodes: number, grads: boolean) => number>(S, 'graph_overhead_custom', S, 'bool'),
    newGraph: fromBase<(ctx: C, nodes: number, grads: boolean) => GraphPointer>(P, 'new_graph_custom', P, S, 'bool'),
    expand: fromBase<(graph: GraphPointer, t: T) => void>('void', 'build_forward_expand', P, P),
    graphNodeCount: fromBase<(graph: GraphPointer) => number>(I, 'graph_n_nodes', P),
    graphNode: fromBase<(graph: GraphPointer, i: number) => T>(P, 'graph_node', P, I),
    graphAddNode: fromBase<(graph: GraphPointer, t: T) => void>('void', 'graph_add_node', P, P),
    setName: fromBase<(t: T, name: string) => T>(P, 'set_name', P, 'str'),
    setInput: fromBase<(t: T) => void>('void', 'set_input', P),
    setOutput: fromBase<(t: T) => void>('void', 'set_output', P),
    setParam: fromBase<(t: T) => void>('void', 'set_param', P),
    opDescription: fromBase<(t: T) => string>('str', 'op_desc', P),
    typeName: fromBase<(type: number) => string>('str', 'type_name', I),
    byteLength: fromBase<(t: T) => number>(S, 'nbytes', P),
    rowSize: fromBase<(type: number, ne: number) => number>(S, 'row_size', I, L),
    version: fromBase<() => string>('str', 'version'),
    commit: fromBase<() => string>('str', 'commit'),
    setNoAlloc: fromBase<(ctx: C, value: boolean) => void>('void', 'set_no_alloc', P, 'bool'),
    getNoAllocAddress: () => base.symbol('ggml_get_no_alloc', 'void') as unknown as bigint,
    quantizeChunk: fromBase<
      (t: number, x: Float32Array, out: Uint8Array, start: number, rows: number, ne0: number, imatrix: null) => number
    >(S, 'quantize_chunk', I, P, P, L, L, L, P),
    typeTraits: fromBase<(type: number) => bigint>(P, 'get_type_traits', I),
    logSet: fromBase<(callback: unknown, data: null) => void>('void', 'log_set', P, P),

    // Tensors
    newTensor1d: fromBase<(c: C, t: number, a: number) => T>(P, 'new_tensor_1d', P, I, L),
    newTensor2d: fromBase<(c: C, t: number, a: number, b: number) => T>(P, 'new_tensor_2d', P, I, L, L),
    newTensor3d: fromBase<(c: C, t: number, a: number, b: number, d: number) => T>(P, 'new_tensor_3d', P, I, L, L, L),
    newTensor4d: fromBase<(c: C, t: number, a: number, b: number, d: number, e: number) => T>(
      P,
      'new_tensor_4d',
      P,
      I,
      L,
      L,
      L,
      L,
    ),
    view1d: fromBase<(c: C, a: T, n0: number, offset: number) => T>(P, 'view_1d', P, P, L, S),
    view2d: fromBase<(c: C, a: T, n0: number, n1: number, nb1: number, offset: number) => T>(
      P,
      'view_2d',
      P,
      P,
      L,
      L,
      S,
      S,
    ),
    view3d: fromBase<(c: C, a: T, n0: number, n1: number, n2: number, nb1: number, nb2: number, offset: number) => T>(
      P,
      'view_3d',
      P,
      P,
      L,
      L,
      L,
      S,
      S,
      S,
    ),
    reshape4d: fromBase<(c: C, a: T, n0: number, n1: number, n2: number, n3: number) => T>(
      P,
      'reshape_4d',
      P,
      P,
      L,
      L,
      L,
      L,
    ),
    permute: fromBase<(c: C, a: T, x: number, y: number, z: number, w: number) => T>(P, 'permute', P, P, I, I, I, I),
    transpose: unary('transpose'),
    cont: unary('cont'),
    cast: fromBase<(c: C, a: T, type: number) => T>(P, 'cast', P, P, I),
    concat: fromBase<(c: C, a: T, b: T, dim: number) => T>(P, 'concat', P, P, P, I),
    copy: binary('cpy'),

    // Arithmetic
    add: binary('add'),
    addInPlace: binary('add_inplace'),
    sub: binary('sub'),
    mul: binary('mul'),
    mulInPlace: binary('mul_inplace'),
    div: binary('div'),
    scale: fromBase<(c: C, a: T, s: number) => T>(P, 'scale', P, P, F),
    scaleBias: fromBase<(c: C, a: T, s: number, b: number) => T>(P, 'scale_bias', P, P, F, F),
    square: unary('sqr'),
    squareRoot: unary('sqrt'),
    log: unary('log'),
    tanh: unary('tanh'),
    sigmoid: unary('sigmoid'),
    silu: unary('silu'),
    siluBack: binary('silu_back'),
    swigluSplit: binary('swiglu_split'),
    gegluSplit: binary('geglu_split'),
    sum: unary('sum'),
    sumRows: unary('sum_rows'),
    argmax: unary('argmax'),
    matmul: binary('mul_mat'),
    outerProduct: binary('out_prod'),
    getRows: binary('get_rows'),
    /** Adds rows into a zeroed table of the shape of `like`. */
    getRowsBack: fromBase<(c: C, rows: T, indices: T, like: T) => T>(P, 'get_rows_back', P, P, P, P),
    accumulateInPlace: fromBase<(c: C, a: T, b: T, nb1: number, nb2: number, nb3: number, offset: number) => T>(
      P,
      'acc_inplace',
      P,
      P,
      P,
      S,
      S,
      S,
      S,
    ),
    rmsNorm: fromBase<(c: C, a: T, eps: number) => T>(P, 'rms_norm', P, P, F),
    /** Gradient first. */
    rmsNormBack: fromBase<(c: C, gradient: T, x: T, eps: number) => T>(P, 'rms_norm_back', P, P, P, F),
    softmax: unary('soft_max'),
    softmaxExt: fromBase<(c: C, a: T, mask: T | null, scale: number, maxBias: number) => T>(
      P,
      'soft_max_ext',
      P,
      P,
      P,
      F,
      F,
    ),
    softmaxExtBack: fromBase<(c: C, gradient: T, y: T, scale: number, maxBias: number) => T>(
      P,
      'soft_max_ext_back',
      P,
      P,
      P,
      F,
      F,
    ),
    rope: fromBase<RopeFunction>(P, 'rope_ext', P, P, P, P, I, I, I, F, F, F, F, F, F),
    ropeBack: fromBase<RopeFunction>(P, 'rope_ext_back', P, P, P, P, I, I, I, F, F, F, F, F, F),
    adamwStep: fromBase<(c: C, a: T, grad: T, m: T, v: T, hyper: T) => T>(P, 'opt_step_adamw', P, P, P, P, P, P),

    // Devices and backends
    loadAllBackends: fromRegistry<(folder: string) => void>('void', 'backend_load_all_from_path', 'str'),
    loadBackend: fromRegistry<(file: string) => bigint | null>(P, 'backend_load', 'str'),
    deviceCount: fromRegistry<() => number>(S, 'backend_dev_count'),
    deviceAt: fromRegistry<(i: number) => DevicePointer>(P, 'backend_dev_get', S),
    deviceName: fromBase<(d: DevicePointer) => string>('str', 'backend_dev_name', P),
    deviceDescription: fromBase<(d: DevicePointer) => string>('str', 'backend_dev_description', P),
    deviceType: fromBase<(d: DevicePointer) => number>(I, 'backend_dev_type', P),
    deviceInit: fromBase<(d: DevicePointer, params: null) => BackendPointer | null>(P, 'backend_dev_init', P, 'str'),
    deviceMemory: base.func('ggml_backend_dev_memory', 'void', [
      P,
      koffi.out(koffi.pointer('size_t')),
      koffi.out(koffi.pointer('size_t')),
    ]) as unknown as (d: DevicePointer, free: [number], total: [number]) => void,
    deviceSupportsOp: fromBase<(d: DevicePointer, t: T) => boolean>('bool', 'backend_dev_supports_op', P, P),
    deviceRegistry: fromBase<(d: DevicePointer) => bigint>(P, 'backend_dev_backend_reg', P),
    registryName: fromBase<(r: bigint) => string>('str', 'backend_reg_name', P),
    procAddress: fromBase<(r: bigint, name: string) => bigint | null>(P, 'backend_reg_get_proc_address', P, 'str'),
    backendFree: fromBase<(b: BackendPointer) => void>('void', 'backend_free', P),
    compute: base.func('ggml_backend_graph_compute', I, [P, P]) as unknown as ((
      b: BackendPointer,
      g: GraphPointer,
    ) => number) & {
      async(b: BackendPointer, g: GraphPointer, done: (error: Error | null, status: number) => void): void;
    },
    synchronize: fromBase<(b: BackendPointer) => void>('void', 'backend_synchronize', P),
    defaultBufferType: fromBase<(b: BackendPointer) => BufferTypePointer>(P, 'backend_get_default_buffer_type', P),
    bufferTypeName: fromBase<(t: BufferTypePointer) => string>('str', 'backend_buft_name', P),

    // Buffers and allocation
    allocateContext: fromBase<(c: C, b: BackendPointer) => BufferPointer | null>(P, 'backend_alloc_ctx_tensors', P, P),
    allocateContextFrom: fromBase<(c: C, t: BufferTypePointer) => BufferPointer | null>(
      P,
      'backend_alloc_ctx_tensors_from_buft',
      P,
      P,
    ),
    bufferSize: fromBase<(b: BufferPointer) => number>(S, 'backend_buffer_get_size', P),
    bufferFree: fromBase<(b: BufferPointer) => void>('void', 'backend_buffer_free', P),
    bufferClear: fromBase<(b: BufferPointer, value: number) => void>('void', 'backend_buffer_clear', P, 'uint8_t'),
    bufferSetUsage: fromBase<(b: BufferPointer, usage: number) => void>('void', 'backend_buffer_set_usage', P, I),
    allocatorNew: fromBase<(t: BufferTypePointer) => AllocatorPointer>(P, 'gallocr_new', P),
    allocatorReserve: fromBase<(a: AllocatorPointer, g: GraphPointer) => boolean>('bool', 'gallocr_reserve', P, P),
    allocatorAllocate: fromBase<(a: AllocatorPointer, g: GraphPointer) => boolean>('bool', 'gallocr_alloc_graph', P, P),
    /** Bytes that `graph` would need, without allocating them. The id arrays may be null for one buffer. */
    allocatorMeasure: fromBase<
      (a: AllocatorPointer, g: GraphPointer, nodeBuffers: null, leafBuffers: null, sizes: BigUint64Array) => void
    >('void', 'gallocr_reserve_n_size', P, P, P, P, P),
    allocatorSize: fromBase<(a: AllocatorPointer, buffer: number) => number>(S, 'gallocr_get_buffer_size', P, I),
    allocatorFree: fromBase<(a: AllocatorPointer) => void>('void', 'gallocr_free', P),
    tensorSet: fromBase<(t: T, data: ArrayBufferView, offset: number, bytes: number) => void>(
      'void',
      'backend_tensor_set',
      P,
      P,
      S,
      S,
    ),
    tensorGet: fromBase<(t: T, data: ArrayBufferView, offset: number, bytes: number) => void>(
      'void',
      'backend_tensor_get',
      P,
      P,
      S,
      S,
    ),
    tensorFill: fromBase<(t: T, value: number, offset: number, bytes: number) => void>(
      'void',
      'backend_tensor_memset',
      P,
      'uint8_t',
      S,
      S,
    ),
  };
}

/** `freqFactors` divides the frequencies (Llama 3); the last six are ggml's base, scale and YaRN numbers. */
type RopeFunction = (
  c: ContextPointer,
  a: TensorPointer,
  positions: TensorPointer,
  freqFactors: TensorPointer | null,
  dimensions: number,
  mode: number,
  originalContext: number,
  base: number,
  scale: number,
  extrapolation: number,
  attention: number,
  betaFast: number,
  betaSlow: number,
) => TensorPointer;
