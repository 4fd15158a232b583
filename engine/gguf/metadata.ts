import { TunesmithError } from '#common/domain/errors.ts';
import type { GgufFile } from './read.ts';
import type { GgufValue } from './types.ts';

/*
 * Typed access to a file's metadata. A key of the wrong type is `file-corrupt` and names the key; a missing key is
 * undefined, or `file-corrupt` through `required`.
 */

/** A whole number of any integer type; 64-bit ones must be safe integers. */
export function integer(file: GgufFile, key: string): number | undefined {
  const entry = file.metadata.get(key);
  if (entry === undefined) return undefined;
  switch (entry.type) {
    case 'u8':
    case 'i8':
    case 'u16':
    case 'i16':
    case 'u32':
    case 'i32':
      return entry.value;
    case 'u64':
    case 'i64': {
      const value = Number(entry.value);
      if (Number.isSafeInteger(value)) return value;
      break;
    }
    default:
  }
  throw wrongType(file, key, entry, 'a whole number');
}

/** A whole number of zero or more that fits 32 bits: counts and sizes. */
export function u32(file: GgufFile, key: string): number | undefined {
  const value = integer(file, key);
  if (value === undefined || (value >= 0 && value <= 0xffff_ffff)) return value;
  throw new TunesmithError('file-corrupt', `${file.path} is damaged: ${key} is ${value}.`, advice);
}

/** A finite number; integers count too. */
export function float(file: GgufFile, key: string): number | undefined {
  const entry = file.metadata.get(key);
  if (entry === undefined) return undefined;
  const value = entry.type === 'f32' || entry.type === 'f64' ? entry.value : integer(file, key);
  if (value !== undefined && Number.isFinite(value)) return value;
  throw wrongType(file, key, entry, 'a number');
}

export function text(file: GgufFile, key: string): string | undefined {
  const entry = file.metadata.get(key);
  if (entry === undefined) return undefined;
  if (entry.type === 'string') return entry.value;
  throw wrongType(file, key, entry, 'a text');
}

export function texts(file: GgufFile, key: string): readonly string[] | undefined {
  const entry = file.metadata.get(key);
  if (entry === undefined) return undefined;
  if (entry.type === 'array' && entry.of === 'string') return entry.value;
  throw wrongType(file, key, entry, 'a list of texts');
}

/** A list of numbers or of true/false (as 1 and 0). */
export function numbers(file: GgufFile, key: string): readonly number[] | undefined {
  const entry = file.metadata.get(key);
  if (entry === undefined) return undefined;
  if (entry.type === 'array' && entry.of !== 'string') return Array.from(entry.value, Number);
  throw wrongType(file, key, entry, 'a list of numbers');
}

/** Refuses a missing value: `required(file, key, u32(file, key))`. */
export function required<T>(file: GgufFile, key: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new TunesmithError('file-corrupt', `${file.path} is no complete model: its metadata lacks ${key}.`, advice);
}

const advice = { advice: 'Try another GGUF of the same model.' };

function wrongType(file: GgufFile, key: string, entry: GgufValue, wanted: string): TunesmithError {
  const is = entry.type === 'array' ? `a list of ${entry.of}` : `${entry.type} ${String(entry.value).slice(0, 40)}`;
  return new TunesmithError(
    'file-corrupt',
    `${file.path} is damaged: ${key} should be ${wanted} but is ${is}.`,
    advice,
  );
}
