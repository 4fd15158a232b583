/*
 * Numbers of the GGUF format (version 3). Source: ggml/include/ggml.h, ggml/include/gguf.h, include/llama.h and
 * gguf-py/gguf/constants.py of llama.cpp.
 */

/** One storage format of tensor values. Values of a row are stored in blocks. */
export interface TensorType {
  readonly id: number;
  readonly name: string;
  /** Values per block; a row's length must be a multiple of it. */
  readonly blockSize: number;
  readonly bytesPerBlock: number;
}

const table: readonly (readonly [id: number, name: string, blockSize: number, bytesPerBlock: number])[] = [
  [0, 'F32', 1, 4],
  [1, 'F16', 1, 2],
  [2, 'Q4_0', 32, 18],
  [3, 'Q4_1', 32, 20],
  [6, 'Q5_0', 32, 22],
  [7, 'Q5_1', 32, 24],
  [8, 'Q8_0', 32, 34],
  // Two F16 factors: the scale and the scaled sum.
  [9, 'Q8_1', 32, 36],
  [10, 'Q2_K', 256, 84],
  [11, 'Q3_K', 256, 110],
  [12, 'Q4_K', 256, 144],
  [13, 'Q5_K', 256, 176],
  [14, 'Q6_K', 256, 210],
  [15, 'Q8_K', 256, 292],
  [16, 'IQ2_XXS', 256, 66],
  [17, 'IQ2_XS', 256, 74],
  [18, 'IQ3_XXS', 256, 98],
  [19, 'IQ1_S', 256, 50],
  [20, 'IQ4_NL', 32, 18],
  [21, 'IQ3_S', 256, 110],
  [22, 'IQ2_S', 256, 82],
  [23, 'IQ4_XS', 256, 136],
  [24, 'I8', 1, 1],
  [25, 'I16', 1, 2],
  [26, 'I32', 1, 4],
  [27, 'I64', 1, 8],
  [28, 'F64', 1, 8],
  [29, 'IQ1_M', 256, 56],
  [30, 'BF16', 1, 2],
  [34, 'TQ1_0', 256, 54],
  [35, 'TQ2_0', 256, 66],
  [39, 'MXFP4', 32, 17],
  [40, 'NVFP4', 64, 36],
  [41, 'Q1_0', 128, 18],
  [42, 'Q2_0', 64, 18],
];

const byId = new Map<number, TensorType>();
const byName = new Map<string, TensorType>();
for (const [id, name, blockSize, bytesPerBlock] of table) {
  const type = { id, name, blockSize, bytesPerBlock };
  byId.set(id, type);
  byName.set(name, type);
}

/** Type ids the engine itself creates. */
export const tensorTypeIds = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  Q2_K: 10,
  Q3_K: 11,
  Q4_K: 12,
  Q5_K: 13,
  Q6_K: 14,
  I32: 26,
  BF16: 30,
} as const;

/** The type with this number, or undefined where GGUF has none (or no longer has it). */
export function tensorType(id: number): TensorType | undefined {
  return byId.get(id);
}

export function tensorTypeByName(name: string): TensorType | undefined {
  return byName.get(name);
}

/** `Q8_0` and the like; a number GGUF does not know becomes `type 77`. */
export function tensorTypeName(id: number): string {
  return byId.get(id)?.name ?? `type ${id}`;
}

/** Metadata value types by their number in the file. Position is the number. */
export const valueTypes = [
  'u8',
  'i8',
  'u16',
  'i16',
  'u32',
  'i32',
  'f32',
  'bool',
  'string',
  'array',
  'u64',
  'i64',
  'f64',
] as const;
export type ValueType = (typeof valueTypes)[number];
export type ElementType = Exclude<ValueType, 'array'>;

/** Bytes of one value; a string's are its length field alone. */
export const valueBytes: Readonly<Record<ElementType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  string: 8,
  u64: 8,
  i64: 8,
  f64: 8,
};

export type NumericArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** A metadata value with the type it has in the file. 64-bit integers are bigint, every other number is a number. */
export type GgufValue =
  | { readonly type: 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64'; readonly value: number }
  | { readonly type: 'u64' | 'i64'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | GgufArray;

export type GgufArray =
  | {
      readonly type: 'array';
      readonly of: 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64';
      readonly value: NumericArray;
    }
  | { readonly type: 'array'; readonly of: 'u64' | 'i64'; readonly value: BigUint64Array | BigInt64Array }
  | { readonly type: 'array'; readonly of: 'bool'; readonly value: readonly boolean[] }
  | { readonly type: 'array'; readonly of: 'string'; readonly value: readonly string[] };

/** Names of `general.file_type`, without llama.cpp's "mostly". */
const fileTypes: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  19: 'IQ2_XXS',
  20: 'IQ2_XS',
  21: 'Q2_K_S',
  22: 'IQ3_XS',
  23: 'IQ3_XXS',
  24: 'IQ1_S',
  25: 'IQ4_NL',
  26: 'IQ3_S',
  27: 'IQ3_M',
  28: 'IQ2_S',
  29: 'IQ2_M',
  30: 'IQ4_XS',
  31: 'IQ1_M',
  32: 'BF16',
  36: 'TQ1_0',
  37: 'TQ2_0',
  38: 'MXFP4_MOE',
  39: 'NVFP4',
  40: 'Q1_0',
  41: 'Q2_0',
};

/** The name of a `general.file_type` number, or undefined for one that llama.cpp does not have. */
export function fileTypeName(fileType: number): string | undefined {
  return fileTypes[fileType];
}
