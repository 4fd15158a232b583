import { isAscii, isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { TunesmithError } from '#common/domain/errors.ts';
import { binaryKind, unknownBinary, type BinaryKind } from './file-kind.ts';

export type TextEncodingResult =
  | {
      readonly kind: 'text';
      /** As iconv-lite names it. */
      readonly encoding: string;
      /** Ascending 1-based lines that hold bytes that are no text in this encoding. */
      readonly damagedLines: readonly number[];
      readonly byteOrderMark: boolean;
    }
  | { readonly kind: 'binary'; readonly what: BinaryKind }
  | { readonly kind: 'empty' };

const blockBytes = 256 * 1024;
/** Beyond this a file is not "damaged in places" but something else. */
const damagedLineLimit = 1_000_000;
/** chardet's confidence, of 100, from which its guess of a rarer encoding is believed, in texts that are not in Latin letters. */
const enoughConfidence = 30;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Finds a file's text encoding by reading all of it once, since the first bytes that are not ASCII may come late.
 * A file is UTF-8 when its bytes say so; with wrong bytes in places it is still UTF-8 with damaged lines when it
 * also holds right ones; else it is a one-byte encoding, Windows-1252 unless chardet is sure of another.
 */
export async function detectEncoding(
  handle: FileHandle,
  options: { forced?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<TextEncodingResult> {
  const head = await readHead(handle);
  if (head.length === 0) return { kind: 'empty' };
  const table = binaryKind(head);
  if (table?.format !== undefined) return { kind: 'binary', what: table };
  if (options.forced !== undefined) return forcedEncoding(options.forced, handle, options.signal);
  const mark = byteOrderMark(head);
  if (mark !== undefined && mark !== 'utf-8') return text(mark, [], true);
  const what = binaryKind(head);
  if (what !== undefined) return { kind: 'binary', what };
  const wide = wideEncoding(head);
  if (wide !== undefined) return text(wide, [], false);
  const scan = await scanUtf8(handle, options.signal);
  if (scan.nulBytes) return { kind: 'binary', what: unknownBinary };
  if (scan.damagedLines.length === 0) return text('utf-8', [], mark !== undefined);
  if (mark !== undefined || scan.validWide * 4 >= scan.damagedLines.length) {
    return text('utf-8', scan.damagedLines, mark !== undefined);
  }
  if (looksRandom(scan.damagedSample)) return { kind: 'binary', what: unknownBinary };
  return text(oneByteEncoding(scan.damagedSample), [], false);
}

function text(encoding: string, damagedLines: readonly number[], mark: boolean): TextEncodingResult {
  return { kind: 'text', encoding, damagedLines, byteOrderMark: mark };
}

async function forcedEncoding(name: string, handle: FileHandle, signal?: AbortSignal): Promise<TextEncodingResult> {
  if (!iconv.encodingExists(name)) {
    throw new TunesmithError('bad-request', `"${name}" is not the name of a text encoding.`, {
      advice: 'Use for example utf-8, utf-16le or windows-1252.',
    });
  }
  const isUtf8Name = /^utf-?8$/i.test(name);
  const scan = isUtf8Name ? await scanUtf8(handle, signal) : undefined;
  return text(isUtf8Name ? 'utf-8' : name.toLowerCase(), scan?.damagedLines ?? [], false);
}

async function readHead(handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(64 * 1024);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}

function byteOrderMark(head: Buffer): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return head[2] === 0 && head[3] === 0 ? 'utf-32le' : 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-16 without a mark: in text of most languages nearly every second byte is zero (the spaces and line ends at least). */
function wideEncoding(head: Buffer): string | undefined {
  const zeros = [0, 0];
  for (let index = 0; index < head.length; index += 1) if (head[index] === 0) zeros[index & 1]! += 1;
  const [even = 0, odd = 0] = zeros;
  const half = head.length / 2;
  if (odd > half * 0.4 && even < odd * 0.05) return 'utf-16le';
  if (even > half * 0.4 && odd < even * 0.05) return 'utf-16be';
  return undefined;
}

interface Utf8Scan {
  readonly damagedLines: readonly number[];
  /** The damaged lines' bytes, up to a limit: what the encoding is guessed from. */
  readonly damagedSample: Buffer;
  /** Blocks and lines that hold valid characters beyond ASCII: proof that the file means to be UTF-8. */
  readonly validWide: number;
  readonly nulBytes: boolean;
}

async function scanUtf8(handle: FileHandle, signal?: AbortSignal): Promise<Utf8Scan> {
  const damagedLines: number[] = [];
  const sample: Buffer[] = [];
  let sampleBytes = 0;
  let validWide = 0;
  let line = 1;
  let newline = lineFeed;
  let carry: Buffer = Buffer.alloc(0);
  let position = 0;
  const buffer = Buffer.alloc(blockBytes);
  for (let first = true; ; first = false) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    position += bytesRead;
    const last = bytesRead === 0;
    const block: Buffer = Buffer.concat([carry, buffer.subarray(0, bytesRead)]);
    if (first && !block.includes(lineFeed) && block.includes(carriageReturn)) newline = carriageReturn;
    if (block.includes(0)) return { damagedLines, damagedSample: Buffer.concat(sample), validWide, nulBytes: true };
    const end = last ? block.length : wholeCharacters(block);
    const part = block.subarray(0, end);
    carry = Buffer.from(block.subarray(end));
    if (isUtf8(part)) {
      if (!isAscii(part)) validWide += 1;
      line += countByte(part, newline);
    } else {
      for (let start = 0; start < part.length;) {
        const stop = part.indexOf(newline, start);
        const bytes = part.subarray(start, stop === -1 ? part.length : stop);
        if (!isUtf8(bytes)) {
          if (damagedLines.at(-1) !== line && damagedLines.length < damagedLineLimit) damagedLines.push(line);
          if (sampleBytes < blockBytes) {
            sample.push(Buffer.from(bytes.subarray(0, 4096)), Buffer.from('\n'));
            sampleBytes += Math.min(bytes.length, 4096);
          }
        } else if (!isAscii(bytes)) validWide += 1;
        if (stop === -1) break;
        line += 1;
        start = stop + 1;
      }
    }
    if (last) return { damagedLines, damagedSample: Buffer.concat(sample), validWide, nulBytes: false };
  }
}

/** Bytes up to the last line end or, in a very long line, up to the last complete character. */
function wholeCharacters(block: Buffer): number {
  const newline = block.lastIndexOf(lineFeed);
  if (newline !== -1) return newline + 1;
  for (let back = 1; back <= 4 && back <= block.length; back += 1) {
    const byte = block[block.length - back] ?? 0;
    if (byte < 0x80) return block.length;
    if (byte >= 0xc0) return block.length - back;
  }
  return block.length;
}

function countByte(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}

/** Text has few control characters; compressed or encrypted data has about one in nine. */
function looksRandom(sample: Buffer): boolean {
  let control = 0;
  for (const byte of sample) {
    if (byte < 0x20 && byte !== 0x09 && byte !== lineFeed && byte !== carriageReturn && byte !== 0x0c) control += 1;
  }
  return control > sample.length * 0.02;
}

/**
 * Texts in Latin letters are taken as Windows-1252, the commonest by far: chardet cannot tell its relatives apart on
 * short texts (it takes German for Polish). In other scripts nearly all letters lie beyond ASCII, and there it can.
 */
function oneByteEncoding(sample: Buffer): string {
  if (shareBeyondAscii(sample) < 0.4) return 'windows-1252';
  const best = chardet.analyse(sample).find(({ name }) => !latinEncodings.test(name));
  if (best === undefined || best.confidence < enoughConfidence || !iconv.encodingExists(best.name))
    return 'windows-1252';
  return best.name.toLowerCase();
}

const latinEncodings = /^(?:windows-125[0247]|iso-8859-(?:1|2|3|4|9|10|13|14|15|16)|ascii|utf-?\d+.*)$/i;

/** Of all letters, the share that is not ASCII. */
function shareBeyondAscii(sample: Buffer): number {
  let beyond = 0;
  let letters = 0;
  for (const byte of sample) {
    const lower = byte | 0x20;
    if (byte >= 0x80) beyond += 1;
    else if (lower >= 0x61 && lower <= 0x7a) letters += 1;
  }
  return beyond / Math.max(1, beyond + letters);
}
