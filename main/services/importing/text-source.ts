import { StringDecoder } from 'node:string_decoder';
import type { FileHandle } from 'node:fs/promises';

/** A file's text in pieces of any length, every line end as `\n`, no byte order mark. Can be read more than once. */
export interface TextSource {
  readonly file: string;
  chunks(): AsyncIterable<string>;
  /** Rows longer than this are rejected rather than held in memory. */
  readonly maxRowChars: number;
}

/** The beginning of a text, for guessing. */
export interface Sample {
  readonly text: string;
  /** True where this is the whole file. */
  readonly complete: boolean;
  /** Lower-case extension with its dot, or ''. Only ever a tie-break: content decides. */
  readonly extension: string;
}

export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** True where the line was longer than the limit; `text` is then empty. */
  readonly tooLong: boolean;
}

const blockBytes = 64 * 1024;
const sampleChars = 256 * 1024;

export function textSource(
  handle: FileHandle,
  options: {
    file: string;
    encoding: string;
    maxRowChars: number;
    signal?: AbortSignal | undefined;
    onBytes?: ((position: number) => void) | undefined;
  },
): TextSource {
  return {
    file: options.file,
    maxRowChars: options.maxRowChars,
    chunks: () => decodedChunks(handle, options),
  };
}

async function* decodedChunks(
  handle: FileHandle,
  options: {
    encoding: string;
    signal?: AbortSignal | undefined;
    onBytes?: ((position: number) => void) | undefined;
  },
): AsyncGenerator<string> {
  const { encoding } = options;
  // Its tables are large, and main reads nothing but its own files, in UTF-8.
  const decoder =
    encoding === 'utf-8' ? new StringDecoder('utf8') : (await import('iconv-lite')).default.getDecoder(encoding);
  const buffer = Buffer.alloc(blockBytes);
  let heldReturn = '';
  let lineEnd: 'unknown' | 'line-feed' | 'carriage-return' = 'unknown';
  for (let position = 0, started = false; ;) {
    options.signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    position += bytesRead;
    options.onBytes?.(position);
    let text = heldReturn + ((bytesRead === 0 ? decoder.end() : decoder.write(buffer.subarray(0, bytesRead))) ?? '');
    heldReturn = '';
    if (!started && text.length > 0) {
      started = true;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (bytesRead > 0 && text.endsWith('\r')) {
      // Its line feed may be the next block's first byte.
      heldReturn = '\r';
      text = text.slice(0, -1);
    }
    if (text.includes('\r')) {
      text = text.replaceAll('\r\n', '\n');
      // Lone carriage returns end lines only in files that know no other line end (old Macintosh programs).
      if (lineEnd === 'unknown') lineEnd = text.includes('\n') ? 'line-feed' : 'carriage-return';
      if (lineEnd === 'carriage-return') text = text.replaceAll('\r', '\n');
    } else if (lineEnd === 'unknown' && text.includes('\n')) lineEnd = 'line-feed';
    if (text.length > 0) yield text;
    if (bytesRead === 0) return;
  }
}

/** The first 256 K characters of a source. */
export async function readSample(source: TextSource, extension: string): Promise<Sample> {
  let text = '';
  for await (const chunk of source.chunks()) {
    text += chunk;
    if (text.length >= sampleChars) return { text: text.slice(0, sampleChars), complete: false, extension };
  }
  return { text, complete: true, extension };
}

/** A sample's lines; the last is left out where it may be incomplete. */
export function sampleLines(sample: Sample): readonly string[] {
  const lines = sample.text.split('\n');
  if (!sample.complete && lines.length > 1) lines.pop();
  return lines;
}

/** All lines, in batches (one `await` per line would cost more than the parsing). */
export async function* lineBatches(source: TextSource): AsyncGenerator<readonly Line[]> {
  let number = 1;
  let pending = '';
  let tooLong = false;
  for await (const chunk of source.chunks()) {
    const batch: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const long = tooLong || pending.length + end - start > source.maxRowChars;
      batch.push({ number, text: long ? '' : pending + chunk.slice(start, end), tooLong: long });
      number += 1;
      pending = '';
      tooLong = false;
      start = end + 1;
    }
    if (!tooLong) pending += chunk.slice(start);
    if (pending.length > source.maxRowChars) {
      tooLong = true;
      pending = '';
    }
    if (batch.length > 0) yield batch;
  }
  if (pending.length > 0 || tooLong) yield [{ number, text: pending, tooLong }];
}
