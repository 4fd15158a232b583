/** ggml's own row codecs, for weights on their way in and out of files. Values are rows of F32. */
import koffi from 'koffi';
import { TunesmithError } from '#common/domain/errors.ts';
import { getGgml, ggmlType } from './ggml.ts';

koffi.struct('ggml_type_traits', {
  type_name: 'str',
  blck_size: 'int64_t',
  blck_size_interleave: 'int64_t',
  type_size: 'size_t',
  is_quantized: 'bool',
  to_float: 'void*',
  from_float_ref: 'void*',
});
const toFloat = koffi.proto('void tunesmith_to_float(const void* x, float* y, int64_t k)');

interface TypeTraits {
  readonly blck_size: number;
  readonly type_size: number;
  readonly is_quantized: boolean;
  readonly to_float: bigint | null;
}

const traitsByType = new Map<number, TypeTraits>();

function traitsOf(type: number): TypeTraits {
  let traits = traitsByType.get(type);
  if (traits === undefined) {
    traits = koffi.decode(getGgml().typeTraits(type), 'ggml_type_traits') as TypeTraits;
    traitsByType.set(type, traits);
  }
  return traits;
}

/** Values per block of a type: a row's length must be a multiple of it. */
export function blockSize(type: number): number {
  return Number(traitsOf(type).blck_size);
}

/** Bytes of one row of `rowLength` values. */
export function rowBytes(type: number, rowLength: number): number {
  return Number(getGgml().rowSize(type, rowLength));
}

/** Decodes `valueCount` values (whole blocks) of any ggml type to F32. */
export function dequantizeRows(type: number, bytes: Uint8Array, valueCount: number): Float32Array {
  if (bytes.byteLength < rowBytes(type, valueCount)) {
    throw new TunesmithError('internal', `Too few bytes for ${valueCount} values of type ${type}.`);
  }
  const values = new Float32Array(valueCount);
  if (type === ggmlType.F32) {
    new Uint8Array(values.buffer).set(bytes.subarray(0, values.byteLength));
    return values;
  }
  const decode = traitsOf(type).to_float;
  if (decode === null) throw new TunesmithError('file-unsupported', `Tensor type ${type} cannot be read.`);
  koffi.call(decode, toFloat, bytes, values, valueCount);
  return values;
}

/** Encodes whole rows of F32 in a type. The length must be a multiple of `rowLength`. */
export function quantizeRows(type: number, values: Float32Array, rowLength: number): Uint8Array {
  const rows = values.length / rowLength;
  if (!Number.isInteger(rows) || rowLength % blockSize(type) !== 0) {
    throw new TunesmithError(
      'internal',
      `${values.length} values are not whole rows of ${rowLength} for type ${type}.`,
    );
  }
  if (type === ggmlType.F32) {
    return new Uint8Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  }
  const bytes = new Uint8Array(rowBytes(type, rowLength) * rows);
  getGgml().quantizeChunk(type, values, bytes, 0, rows, rowLength, null);
  return bytes;
}
