import fs from 'node:fs';
import { TunesmithError } from '#common/domain/errors.ts';

const chunkBytes = 1 << 20;

/**
 * Reads little-endian values from an open file, front to back, holding one piece of it at a time.
 * The file is untrusted: nothing is allocated for a claimed length before `need` has compared it with what is left.
 */
export class Cursor {
  readonly #fd: number;
  readonly #path: string;
  readonly #fileBytes: number;
  #chunk = Buffer.alloc(0);
  /** Where the chunk starts in the file. */
  #chunkStart = 0;
  /** Where the next value starts, inside the chunk. */
  #at = 0;

  constructor(fd: number, path: string, fileBytes: number) {
    this.#fd = fd;
    this.#path = path;
    this.#fileBytes = fileBytes;
  }

  /** Bytes from the start of the file. */
  get position(): number {
    return this.#chunkStart + this.#at;
  }

  get remaining(): number {
    return this.#fileBytes - this.position;
  }

  /** Refuses with `file-corrupt` where fewer than `bytes` bytes are left in the file. */
  need(bytes: number, what: string): void {
    if (bytes > this.remaining) {
      throw new TunesmithError(
        'file-corrupt',
        `${this.#path} is damaged or incomplete: ${what} should take ${bytes.toLocaleString('en')} bytes, but only ` +
          `${this.remaining.toLocaleString('en')} bytes of the file are left.`,
        { advice: 'The download or copy probably did not finish. Fetch the file again.' },
      );
    }
  }

  u32(what: string): number {
    return this.#take(4, what).readUInt32LE(this.#advance(4));
  }

  u64(what: string): bigint {
    return this.#take(8, what).readBigUInt64LE(this.#advance(8));
  }

  /** A 64-bit count or length as a number. Counts above 2^53 cannot be true of any file and are refused. */
  count(what: string): number {
    const value = this.u64(what);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new TunesmithError(
        'file-corrupt',
        `${this.#path} is damaged: ${what} is ${value}, which no file can hold.`,
        {
          advice: 'Fetch the file again from where it came.',
        },
      );
    }
    return Number(value);
  }

  /** UTF-8 text of a known length. Invalid bytes become U+FFFD. */
  text(bytes: number, what: string): string {
    const buffer = this.#take(bytes, what);
    const start = this.#advance(bytes);
    return buffer.toString('utf8', start, start + bytes);
  }

  /** A copy of the next bytes in memory of its own (aligned for any typed array). */
  bytes(count: number, what: string): Uint8Array<ArrayBuffer> {
    this.need(count, what);
    const copy = new Uint8Array(count);
    let done = 0;
    while (done < count) {
      const piece = Math.min(count - done, chunkBytes);
      const buffer = this.#take(piece, what);
      const start = this.#advance(piece);
      copy.set(buffer.subarray(start, start + piece), done);
      done += piece;
    }
    return copy;
  }

  #advance(bytes: number): number {
    const start = this.#at;
    this.#at += bytes;
    return start;
  }

  /** Makes the next `bytes` bytes available at `#at` of the returned buffer. */
  #take(bytes: number, what: string): Buffer {
    if (this.#chunk.length - this.#at >= bytes) return this.#chunk;
    this.need(bytes, what);
    const start = this.position;
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(bytes, chunkBytes), this.#fileBytes - start));
    let filled = 0;
    while (filled < chunk.length) {
      const read = fs.readSync(this.#fd, chunk, filled, chunk.length - filled, start + filled);
      if (read === 0) break;
      filled += read;
    }
    if (filled < bytes) {
      throw new TunesmithError('file-corrupt', `${this.#path} became shorter while it was read.`, {
        advice: 'Is a download still writing it? Wait for it to finish, then try again.',
        retryable: true,
      });
    }
    this.#chunk = chunk.subarray(0, filled);
    this.#chunkStart = start;
    this.#at = 0;
    return this.#chunk;
  }
}
