import fs from 'node:fs';
import { TunesmithError } from '#common/domain/errors.ts';
import { Cursor } from './cursor.ts';
import { readMetadata } from './read-metadata.ts';
import { readTensorTable } from './read-tensors.ts';
import { notGguf } from './signature.ts';
import type { GgufValue } from './types.ts';

export interface GgufTensor {
  readonly name: string;
  /** Number of its type; see `tensorType` for name and block size. */
  readonly type: number;
  /** ggml's order: `shape[0]` is the row length. Products and sizes are safe integers. */
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

/** The header of a GGUF file: everything but the tensors' values, which stay in the file. */
export interface GgufFile {
  readonly path: string;
  readonly version: number;
  /** Tensors start at multiples of this, counted from `dataOffset`. */
  readonly alignment: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Where each key's type and value stand in the file: lets a writer keep them byte for byte. */
  readonly metadataRanges: ReadonlyMap<string, ByteRange>;
  readonly tensors: readonly GgufTensor[];
  readonly dataOffset: number;
  readonly fileBytes: number;
}

/** The whole header must fit; real ones stay below 40 MB (262,144 tokens, 515,000 merges). */
const smallestHeaderBytes = 24;

/**
 * Reads the header of a GGUF file (versions 2 and 3, little-endian). The file is not trusted: every count, length
 * and offset is checked against the file's size before it is used, so the work is bounded by the header's real size.
 * @throws TunesmithError `file-not-found`, `file-not-readable`, `file-corrupt` (damaged, truncated, no GGUF at all)
 *   or `file-unsupported` (another format, an old version, big-endian, split over several files).
 */
export async function readGguf(path: string): Promise<GgufFile> {
  const fd = openModel(path);
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) {
      throw new TunesmithError(
        'file-unsupported',
        `${path} is a ${stat.isDirectory() ? 'folder' : 'device'}, not a file.`,
        {
          advice: 'Choose a single .gguf file.',
        },
      );
    }
    return parse(fd, path, stat.size);
  } catch (thrown) {
    if (thrown instanceof TunesmithError) throw thrown;
    throw unreadable(path, thrown);
  } finally {
    fs.closeSync(fd);
  }
}

function openModel(path: string): number {
  try {
    // A FIFO would block a plain open for ever; O_NONBLOCK does not exist on Windows, where there are none.
    return fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

function unreadable(path: string, thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new TunesmithError('file-not-found', `There is no file ${path}.`, {
      advice: 'Check the name and the folder.',
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EBUSY') {
    return new TunesmithError('file-not-readable', `${path} may not be read.`, {
      advice: 'Check the permissions of the file and its folder.',
      cause: thrown,
    });
  }
  if (code === undefined) return thrown;
  return new TunesmithError('file-not-readable', `${path} could not be read (${code}).`, { cause: thrown });
}

function parse(fd: number, path: string, fileBytes: number): GgufFile {
  const head = new Uint8Array(512);
  const headBytes = fs.readSync(fd, head, 0, head.length, 0);
  if (Buffer.from(head).toString('latin1', 0, 4) !== 'GGUF' || headBytes < 4) {
    throw notGguf(path, head.subarray(0, headBytes), fileBytes);
  }
  const cursor = new Cursor(fd, path, fileBytes);
  cursor.need(smallestHeaderBytes, 'the header');
  cursor.text(4, 'the first four letters');
  const version = cursor.u32('the version');
  checkVersion(path, version);
  const tensorCount = cursor.count('the number of tensors');
  const keyCount = cursor.count('the number of metadata entries');
  const { metadata, metadataRanges } = readMetadata(cursor, path, keyCount);
  refuseSplit(path, metadata);
  const alignment = readAlignment(path, metadata);
  const { tensors, dataOffset } = readTensorTable(cursor, { path, tensorCount, alignment, fileBytes });
  return { path, version, alignment, metadata, metadataRanges, tensors, dataOffset, fileBytes };
}

function checkVersion(path: string, version: number): void {
  if (version === 2 || version === 3) return;
  const advice = 'Look for a newer GGUF of the same model.';
  if (version === 1) {
    throw new TunesmithError('file-unsupported', `${path} is a GGUF of version 1, which nothing reads any more.`, {
      advice,
    });
  }
  if ((version & 0xffff) === 0 && version !== 0) {
    throw new TunesmithError('file-unsupported', `${path} is a big-endian GGUF, made for another kind of processor.`, {
      advice: 'Look for the ordinary (little-endian) GGUF of the same model.',
    });
  }
  if (version > 3 && version < 100) {
    throw new TunesmithError('file-unsupported', `${path} is a GGUF of version ${version}; Tunesmith reads up to 3.`, {
      advice: 'A newer Tunesmith may read it. Otherwise look for a GGUF of version 3 of the same model.',
    });
  }
  throw new TunesmithError('file-corrupt', `${path} is damaged: it claims GGUF version ${version}.`, {
    advice: 'Fetch the file again.',
  });
}

function refuseSplit(path: string, metadata: ReadonlyMap<string, GgufValue>): void {
  const split = metadata.get('split.count');
  if (split === undefined || typeof split.value === 'string' || split.type === 'array') return;
  const parts = Number(split.value);
  if (parts > 1) {
    throw new TunesmithError('file-unsupported', `${path} is one of ${parts} parts of a split model.`, {
      advice:
        'Join the parts with llama.cpp: `llama-gguf-split --merge <first part> <new file>`, then use the new file.',
    });
  }
}

const defaultAlignment = 32;

function readAlignment(path: string, metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment');
  if (value === undefined) return defaultAlignment;
  const good =
    value.type === 'u32' && value.value >= 1 && value.value <= 1 << 24 && Number.isInteger(Math.log2(value.value));
  if (!good) {
    const said = value.type === 'array' ? 'a list' : `${value.type} ${String(value.value)}`;
    throw new TunesmithError(
      'file-corrupt',
      `${path} is damaged: general.alignment must be a power of two of type u32, but is ${said}.`,
      { advice: 'Fetch the file again.' },
    );
  }
  return value.value;
}
