import { TunesmithError } from '#common/domain/errors.ts';
import type { Cursor } from './cursor.ts';
import type { ByteRange } from './read.ts';
import { type ElementType, type GgufArray, type GgufValue, type ValueType, valueBytes, valueTypes } from './types.ts';

/** Beyond anything real (the largest vocabularies have 0.3 million tokens and 0.6 million merges). */
const mostElements = 1 << 24;
const longestText = 1 << 26;
const mostMetadataBytes = 1 << 29;

interface Metadata {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly metadataRanges: ReadonlyMap<string, ByteRange>;
}

/** Reads `keyCount` key-value pairs. Keys must be unique; lists of lists do not exist in GGUF files. */
export function readMetadata(cursor: Cursor, path: string, keyCount: number): Metadata {
  // Key length, one letter, type, one byte of value.
  cursor.need(keyCount * 14, `${keyCount} metadata entries`);
  const metadata = new Map<string, GgufValue>();
  const metadataRanges = new Map<string, ByteRange>();
  const start = cursor.position;
  for (let index = 0; index < keyCount; index++) {
    const key = readText(cursor, path, `the name of metadata entry ${index + 1}`, 1 << 16);
    if (key === '') throw damaged(path, `metadata entry ${index + 1} has no name`);
    if (metadata.has(key)) throw damaged(path, `the metadata entry ${quote(key)} is there twice`);
    const offset = cursor.position;
    metadata.set(key, readValue(cursor, path, key));
    metadataRanges.set(key, { offset, bytes: cursor.position - offset });
    if (cursor.position - start > mostMetadataBytes) throw damaged(path, 'its metadata goes on for more than 512 MB');
  }
  return { metadata, metadataRanges };
}

function readValue(cursor: Cursor, path: string, key: string): GgufValue {
  const type = readType(cursor, path, key);
  if (type === 'array') return readArray(cursor, path, key);
  if (type === 'string') return { type, value: readText(cursor, path, `the text of ${quote(key)}`, longestText) };
  const bytes = cursor.bytes(valueBytes[type], `the value of ${quote(key)}`);
  const view = new DataView(bytes.buffer);
  switch (type) {
    case 'u8':
      return { type, value: view.getUint8(0) };
    case 'i8':
      return { type, value: view.getInt8(0) };
    case 'u16':
      return { type, value: view.getUint16(0, true) };
    case 'i16':
      return { type, value: view.getInt16(0, true) };
    case 'u32':
      return { type, value: view.getUint32(0, true) };
    case 'i32':
      return { type, value: view.getInt32(0, true) };
    case 'f32':
      return { type, value: view.getFloat32(0, true) };
    case 'f64':
      return { type, value: view.getFloat64(0, true) };
    case 'u64':
      return { type, value: view.getBigUint64(0, true) };
    case 'i64':
      return { type, value: view.getBigInt64(0, true) };
    case 'bool':
      return { type, value: view.getUint8(0) !== 0 };
  }
}

function readArray(cursor: Cursor, path: string, key: string): GgufArray {
  const of = readType(cursor, path, key);
  if (of === 'array') throw damaged(path, `${quote(key)} is a list of lists, which GGUF does not have`);
  const count = cursor.count(`the length of ${quote(key)}`);
  cursor.need(count * valueBytes[of], `the list ${quote(key)} of ${count} entries`);
  if (count > mostElements) throw damaged(path, `the list ${quote(key)} claims ${count.toLocaleString('en')} entries`);
  if (of === 'string') {
    const value: string[] = [];
    for (let index = 0; index < count; index++) {
      value.push(readText(cursor, path, `entry ${index} of ${quote(key)}`, longestText));
    }
    return { type: 'array', of, value };
  }
  // Little-endian bytes are read in place: every platform Tunesmith runs on is little-endian.
  const { buffer } = cursor.bytes(count * valueBytes[of], `the list ${quote(key)}`);
  return numericArray(of, buffer);
}

function numericArray(of: Exclude<ElementType, 'string'>, buffer: ArrayBuffer): GgufArray {
  switch (of) {
    case 'u8':
      return { type: 'array', of, value: new Uint8Array(buffer) };
    case 'i8':
      return { type: 'array', of, value: new Int8Array(buffer) };
    case 'u16':
      return { type: 'array', of, value: new Uint16Array(buffer) };
    case 'i16':
      return { type: 'array', of, value: new Int16Array(buffer) };
    case 'u32':
      return { type: 'array', of, value: new Uint32Array(buffer) };
    case 'i32':
      return { type: 'array', of, value: new Int32Array(buffer) };
    case 'f32':
      return { type: 'array', of, value: new Float32Array(buffer) };
    case 'f64':
      return { type: 'array', of, value: new Float64Array(buffer) };
    case 'u64':
      return { type: 'array', of, value: new BigUint64Array(buffer) };
    case 'i64':
      return { type: 'array', of, value: new BigInt64Array(buffer) };
    case 'bool':
      return { type: 'array', of, value: Array.from(new Uint8Array(buffer), (byte) => byte !== 0) };
  }
}

function readType(cursor: Cursor, path: string, key: string): ValueType {
  const id = cursor.u32(`the type of ${quote(key)}`);
  const type = valueTypes[id];
  if (type === undefined) throw damaged(path, `${quote(key)} has a value of unknown type ${id}`);
  return type;
}

function readText(cursor: Cursor, path: string, what: string, longest: number): string {
  const bytes = cursor.count(`the length of ${what}`);
  cursor.need(bytes, what);
  if (bytes > longest) throw damaged(path, `${what} claims to be ${bytes.toLocaleString('en')} bytes long`);
  return cursor.text(bytes, what);
}

function damaged(path: string, why: string): TunesmithError {
  return new TunesmithError('file-corrupt', `${path} is damaged: ${why}.`, { advice: 'Fetch the file again.' });
}

/** A name from the file, safe to show: shortened, no control characters. */
function quote(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  return JSON.stringify(short);
}
