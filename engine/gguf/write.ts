import { createHash } from 'node:crypto';
import fs, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { encodeHeader, type MetadataEntry, planTensors } from './encode.ts';
import { writeFailure } from './write-failure.ts';

/** One tensor to be written. `chunks` is asked for once, when its turn comes, and gives `shape` worth of bytes. */
export interface TensorSource {
  readonly name: string;
  readonly type: number;
  /** ggml's order: row length first. */
  readonly shape: readonly number[];
  readonly chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface GgufContent {
  /** In the order they are written. `general.alignment`, where given, is obeyed. */
  readonly metadata: ReadonlyMap<string, MetadataEntry>;
  readonly tensors: readonly TensorSource[];
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((writtenBytes: number, totalBytes: number) => void) | undefined;
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal, computed while writing. */
  readonly sha256: string;
}

/** Bytes the finished file will have: known before anything is written. */
export function ggufBytes(content: GgufContent): number {
  return encodeHeader(content).byteLength + planTensors(content).dataBytes;
}

/**
 * Writes a GGUF (version 3) by streaming: header first, then each tensor's chunks. The file appears under its name
 * only when it is whole and on the disk; until then it is a `.partial` file beside it, removed on any failure.
 * Equal content gives equal bytes.
 * @throws TunesmithError `disk-full`, `file-not-writable`, `cancelled`.
 */
export async function writeGguf(
  target: string,
  content: GgufContent,
  options: WriteOptions = {},
): Promise<WrittenFile> {
  const header = encodeHeader(content);
  const plan = planTensors(content);
  const totalBytes = header.byteLength + plan.dataBytes;
  // Always the same name: what a killed process left is overwritten by the next attempt.
  const partial = `${target}.partial`;
  let handle: FileHandle | undefined;
  try {
    handle = await fs.open(partial, 'w');
    const sink = new Sink(handle, totalBytes, options);
    await sink.write(header);
    for (const [index, tensor] of content.tensors.entries()) {
      const planned = plan.tensors[index];
      if (planned === undefined) throw new TunesmithError('internal', `The tensor ${tensor.name} was not planned.`);
      const before = sink.written;
      for await (const chunk of tensor.chunks()) await sink.write(chunk);
      if (sink.written - before !== planned.bytes) {
        const got = sink.written - before;
        throw new TunesmithError('internal', `${tensor.name} gave ${got} bytes instead of ${planned.bytes}.`);
      }
      await sink.write(new Uint8Array(planned.paddedBytes - planned.bytes));
    }
    await handle.sync();
    await handle.close();
    handle = undefined;
    await fs.rename(partial, target);
    await syncFolder(path.dirname(target));
    return { path: target, bytes: totalBytes, sha256: sink.digest() };
  } catch (thrown) {
    await handle?.close().catch(() => undefined);
    await fs.rm(partial, { force: true }).catch(() => undefined);
    throw await writeFailure(target, totalBytes, thrown);
  }
}

/** Small pieces (norms, padding) are gathered into writes of this size. */
const bufferBytes = 1 << 20;

class Sink {
  readonly #handle: FileHandle;
  readonly #totalBytes: number;
  readonly #options: WriteOptions;
  readonly #hash = createHash('sha256');
  readonly #buffer = new Uint8Array(bufferBytes);
  #buffered = 0;
  written = 0;

  constructor(handle: FileHandle, totalBytes: number, options: WriteOptions) {
    this.#handle = handle;
    this.#totalBytes = totalBytes;
    this.#options = options;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#options.signal?.aborted === true) {
      throw new TunesmithError('cancelled', 'Writing the file was cancelled.', { retryable: true });
    }
    this.#hash.update(chunk);
    this.written += chunk.byteLength;
    if (this.#buffered + chunk.byteLength > bufferBytes) await this.#flush();
    if (chunk.byteLength > bufferBytes) {
      await this.#writeAll(chunk);
    } else {
      this.#buffer.set(chunk, this.#buffered);
      this.#buffered += chunk.byteLength;
    }
    if (this.written === this.#totalBytes) await this.#flush();
    this.#options.onProgress?.(this.written, this.#totalBytes);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  async #flush(): Promise<void> {
    await this.#writeAll(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.byteLength) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.byteLength - done);
      done += bytesWritten;
    }
  }
}

/** Makes the rename last through a power cut. Windows cannot open folders, and needs no such step. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}
