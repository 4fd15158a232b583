import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';

const openZip = promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open);

/** Unpacks the files that `nameOf` gives a name to, with their rights. Names are checked by yauzl: none leaves the folder. */
export async function unzip(
  archive: string,
  folder: string,
  nameOf: (entry: string) => string | undefined,
): Promise<void> {
  const zip = await openZip(archive, { lazyEntries: true });
  const read = promisify<yauzl.Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip));
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const take = async (entry: yauzl.Entry): Promise<void> => {
    const name = entry.fileName.endsWith('/') ? undefined : nameOf(entry.fileName);
    if (name === undefined) return;
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await read(entry), createWriteStream(file, { mode: mode === 0 ? 0o644 : mode }));
  };
  zip.on('entry', (entry: yauzl.Entry) => take(entry).then(() => zip.readEntry(), reject));
  zip.on('end', resolve);
  zip.on('error', reject);
  zip.readEntry();
  await ended;
}
