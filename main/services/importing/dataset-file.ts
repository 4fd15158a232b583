import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { exampleSchema, type Example } from '#common/domain/example.ts';
import { textSource, lineBatches } from './text-source.ts';

export interface WrittenDataset {
  readonly path: string;
  readonly examples: number;
  readonly bytes: number;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
}

const flushChars = 256 * 1024;

/**
 * Writes a data set (one JSON `Example` a line) next to its final place and moves it there when `finish` is called:
 * a reader sees the old file or the whole new one. Disposing an unfinished writer removes what it wrote.
 */
export class DatasetWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #pending: string[] = [];
  #pendingChars = 0;
  #bytes = 0;
  #examples = 0;
  #state: 'open' | 'done' = 'open';

  private constructor(finalPath: string, temporary: string, handle: FileHandle) {
    this.#path = finalPath;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** @throws TunesmithError `file-not-writable`, `disk-full` */
  static async create(finalPath: string): Promise<DatasetWriter> {
    const temporary = path.join(path.dirname(finalPath), `.${path.basename(finalPath)}.${randomUUID()}.tmp`);
    try {
      return new DatasetWriter(finalPath, temporary, await open(temporary, 'wx'));
    } catch (error) {
      throw writeFailure(finalPath, error);
    }
  }

  get examples(): number {
    return this.#examples;
  }

  /** Adds one example; awaits only where the buffer is full. */
  add(example: Example): Promise<void> | undefined {
    const line = `${JSON.stringify(example)}\n`;
    this.#examples += 1;
    this.#pending.push(line);
    this.#pendingChars += line.length;
    return this.#pendingChars >= flushChars ? this.#flush() : undefined;
  }

  async finish(): Promise<WrittenDataset> {
    await this.#flush();
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.#path);
      this.#state = 'done';
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    await syncFolder(path.dirname(this.#path));
    return { path: this.#path, examples: this.#examples, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'done') return;
    await this.#handle.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#pendingChars = 0;
    this.#hash.update(bytes);
    try {
      for (let written = 0; written < bytes.length;) {
        written += (await this.#handle.write(bytes, written)).bytesWritten;
      }
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    this.#bytes += bytes.length;
  }
}

/** Makes the new name itself durable. Windows has no such call on folders and needs none. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file's own bytes are safe already.
  }
}

function writeFailure(file: string, error: unknown): TunesmithError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TunesmithError('disk-full', `The disk is full: ${file} could not be written.`, {
      advice: 'Free some space and try again. Nothing was changed.',
      cause: error,
    });
  }
  return new TunesmithError('file-not-writable', `${file} could not be written (${code ?? String(error)}).`, {
    advice: 'Choose a folder that exists and that you may write to.',
    cause: error,
  });
}

export interface DatasetRow {
  /** 1-based position in the data set. */
  readonly row: number;
  readonly example: Example;
}

/**
 * Streams a data set's examples.
 * @throws TunesmithError `file-not-found`; `file-corrupt` naming the line that is no `Example`
 */
export async function* readDataset(datasetPath: string, signal?: AbortSignal): AsyncGenerator<DatasetRow> {
  const handle = await open(datasetPath, 'r').catch((error: unknown) => {
    throw new TunesmithError('file-not-found', `The data set ${datasetPath} cannot be opened.`, {
      advice: 'Import the examples again.',
      cause: error,
    });
  });
  try {
    const source = textSource(handle, { file: datasetPath, encoding: 'utf-8', maxRowChars: 2 ** 28, signal });
    for await (const batch of lineBatches(source)) {
      for (const { number, text } of batch) {
        if (text !== '') yield { row: number, example: parseExample(text, datasetPath, number) };
      }
    }
  } finally {
    await handle.close();
  }
}

function parseExample(text: string, datasetPath: string, line: number): Example {
  try {
    return exampleSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new TunesmithError('file-corrupt', `Line ${line} of the data set ${datasetPath} is damaged.`, {
      advice: 'Import the examples again.',
      cause: error,
    });
  }
}
