import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { TunesmithError } from '#common/domain/errors.ts';

/** An exported run, opened for reading. Not trusted: its names are checked here, its contents by who reads them. */
export interface Capsule extends AsyncDisposable {
  readonly names: ReadonlySet<string>;
  /** Of all parts when unpacked, as the file says; a part that is larger breaks off. */
  readonly bytes: number;
  open(name: string): Promise<Readable>;
}

const gigabyte = 1e9;
/** Longest that a part may be when unpacked. */
const limits: readonly (readonly [name: RegExp, bytes: number])[] = [
  [/^run\.json$/, 0.1 * gigabyte],
  [/^(?:samples|comparisons)\.jsonl$/, 0.5 * gigabyte],
  [/^(?:dataset|held-out)\.jsonl$/, 8 * gigabyte],
  [/^Modelfile$/, 0.01 * gigabyte],
  [/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.gguf$/, 16 * gigabyte],
];
const mostParts = 40;

/** Throws `file-not-found`, `file-unsupported` for what is no exported run, `file-corrupt`. */
export async function openCapsule(file: string): Promise<Capsule> {
  const zip = await yauzl.openPromise(file, { autoClose: false }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new TunesmithError('file-not-found', `${file} is not there.`, { cause: error });
    if (code !== undefined) throw new TunesmithError('file-not-readable', `${file} cannot be read.`, { cause: error });
    throw notOurs('it is no zip file', error);
  });
  try {
    const entries = new Map<string, yauzl.Entry>();
    if (zip.entryCount > mostParts) throw notOurs(`it holds ${zip.entryCount} files`);
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      const limit = limits.find(([pattern]) => pattern.test(name))?.[1];
      if (limit === undefined) throw notOurs(`it holds “${name.slice(0, 80)}”`);
      if (entries.has(name)) throw notOurs(`it holds ${name} twice`);
      if (entry.isEncrypted()) throw notOurs('it is locked by a password');
      if (entry.uncompressedSize > limit) throw notOurs(`${name} is too large`);
      entries.set(name, entry);
    }
    for (const name of ['run.json', 'dataset.jsonl']) if (!entries.has(name)) throw notOurs(`${name} is missing`);
    return {
      names: new Set(entries.keys()),
      bytes: [...entries.values()].reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0),
      async open(name) {
        const entry = entries.get(name);
        if (entry === undefined) throw notOurs(`${name} is missing`);
        return await zip.openReadStreamPromise(entry);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(zip.close()),
    };
  } catch (error) {
    zip.close();
    throw error instanceof TunesmithError ? error : notOurs('its list of contents is damaged', error);
  }
}

function notOurs(why: string, cause?: unknown): TunesmithError {
  return new TunesmithError('file-unsupported', `This is not a run that Tunesmith exported: ${why}.`, {
    advice: 'Choose a file that “Export as one file” made. Nothing of it was kept.',
    cause,
  });
}
