import { TunesmithError } from '#common/domain/errors.ts';
import { align } from './read-tensors.ts';
import { type GgufValue, tensorType, valueTypes } from './types.ts';
import type { GgufContent } from './write.ts';

/** A value, or the bytes of type and value as another file holds them (see `GgufFile.metadataRanges`). */
export type MetadataEntry = GgufValue | { readonly type: 'raw'; readonly bytes: Uint8Array };

interface PlannedTensor {
  readonly name: string;
  /** From the start of the data. */
  readonly offset: number;
  readonly bytes: number;
  readonly paddedBytes: number;
}

const version = 3;
const defaultAlignment = 32;

/** Sizes and places of the tensors' values. */
export function planTensors(content: GgufContent): {
  readonly tensors: readonly PlannedTensor[];
  readonly dataBytes: number;
} {
  const alignment = alignmentOf(content);
  const tensors: PlannedTensor[] = [];
  let offset = 0;
  for (const { name, type: typeId, shape } of content.tensors) {
    const type = tensorType(typeId);
    const rowLength = shape[0];
    if (type === undefined || rowLength === undefined || rowLength % type.blockSize !== 0) {
      throw new TunesmithError('internal', `${name} of shape ${shape.join(' x ')} cannot be stored in type ${typeId}.`);
    }
    const values = shape.reduce((product, length) => product * length, 1);
    const bytes = (values / type.blockSize) * type.bytesPerBlock;
    const paddedBytes = align(bytes, alignment);
    tensors.push({ name, offset, bytes, paddedBytes });
    offset += paddedBytes;
  }
  return { tensors, dataBytes: offset };
}

/** Everything before the tensors' values, padded to the alignment. */
export function encodeHeader(content: GgufContent): Uint8Array {
  const parts: Uint8Array[] = [
    Buffer.from('GGUF', 'latin1'),
    u32(version),
    u64(content.tensors.length),
    u64(content.metadata.size),
  ];
  for (const [key, entry] of content.metadata) parts.push(...text(key), ...encodeEntry(entry));
  const plan = planTensors(content);
  for (const [index, tensor] of content.tensors.entries()) {
    parts.push(...text(tensor.name), u32(tensor.shape.length), ...tensor.shape.map((length) => u64(length)));
    parts.push(u32(tensor.type), u64(plan.tensors[index]?.offset ?? 0));
  }
  const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  parts.push(new Uint8Array(align(bytes, alignmentOf(content)) - bytes));
  return Buffer.concat(parts);
}

function alignmentOf(content: GgufContent): number {
  const entry = content.metadata.get('general.alignment');
  if (entry === undefined) return defaultAlignment;
  if (entry.type === 'u32') return entry.value;
  if (entry.type === 'raw' && entry.bytes.byteLength === 8) return Buffer.from(entry.bytes).readUInt32LE(4);
  throw new TunesmithError('internal', 'general.alignment must be a u32.');
}

function encodeEntry(entry: MetadataEntry): readonly Uint8Array[] {
  if (entry.type === 'raw') return [entry.bytes];
  const type = u32(valueTypes.indexOf(entry.type));
  if (entry.type !== 'array') return [type, ...encodeScalar(entry)];
  const head = [type, u32(valueTypes.indexOf(entry.of)), u64(entry.value.length)];
  if (entry.of === 'string') return [...head, encodeTexts(entry.value)];
  if (entry.of === 'bool') return [...head, Uint8Array.from(entry.value, Number)];
  const { buffer, byteOffset, byteLength } = entry.value;
  return [...head, new Uint8Array(buffer, byteOffset, byteLength)];
}

function encodeScalar(entry: Exclude<GgufValue, { type: 'array' }>): readonly Uint8Array[] {
  const buffer = Buffer.alloc(8);
  switch (entry.type) {
    case 'string':
      return text(entry.value);
    case 'bool':
      return [Uint8Array.of(entry.value ? 1 : 0)];
    case 'u8':
      return [buffer.subarray(0, buffer.writeUInt8(entry.value))];
    case 'i8':
      return [buffer.subarray(0, buffer.writeInt8(entry.value))];
    case 'u16':
      return [buffer.subarray(0, buffer.writeUInt16LE(entry.value))];
    case 'i16':
      return [buffer.subarray(0, buffer.writeInt16LE(entry.value))];
    case 'u32':
      return [buffer.subarray(0, buffer.writeUInt32LE(entry.value))];
    case 'i32':
      return [buffer.subarray(0, buffer.writeInt32LE(entry.value))];
    case 'f32':
      return [buffer.subarray(0, buffer.writeFloatLE(entry.value))];
    case 'f64':
      return [buffer.subarray(0, buffer.writeDoubleLE(entry.value))];
    case 'u64':
      return [buffer.subarray(0, buffer.writeBigUInt64LE(entry.value))];
    case 'i64':
      return [buffer.subarray(0, buffer.writeBigInt64LE(entry.value))];
  }
}

/** One buffer for all: a vocabulary has hundreds of thousands of texts. */
function encodeTexts(values: readonly string[]): Uint8Array {
  const sizes = values.map((value) => Buffer.byteLength(value));
  const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + 8 + size, 0));
  let at = 0;
  for (const [index, value] of values.entries()) {
    at = bytes.writeBigUInt64LE(BigInt(sizes[index] ?? 0), at);
    at += bytes.write(value, at);
  }
  return bytes;
}

function text(value: string): readonly Uint8Array[] {
  const bytes = Buffer.from(value);
  return [u64(bytes.byteLength), bytes];
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
