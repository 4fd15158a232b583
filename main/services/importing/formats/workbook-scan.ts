import yauzl from 'yauzl';
import { binaryLimits } from '../binary-format.ts';

/**
 * Unpacks a workbook once without keeping anything, to see that it is sound and not larger than it may be: archives of
 * a few kilobytes can unpack to gigabytes, and one cell far away makes a table of billions of empty ones.
 * Returns why it cannot be read, in words; undefined where it can.
 * @throws what yauzl says of a damaged archive
 */
export async function refusalOf(file: string, signal?: AbortSignal): Promise<string | undefined> {
  const zip = await yauzl.openPromise(file, { autoClose: false });
  try {
    let unpackedBytes = 0;
    let cells = 0;
    let entries = 0;
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      if (entries > 10_000) return 'The workbook holds more than 10,000 parts.';
      if (entry.isEncrypted()) return 'The workbook is locked with a password.';
      if (!/\.(?:xml|rels)$/.test(entry.fileName)) continue;
      const extent = new Extent();
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        signal?.throwIfAborted();
        const bytes = chunk as Buffer;
        unpackedBytes += bytes.length;
        if (unpackedBytes > binaryLimits.unpackedBytes) {
          return `The workbook unpacks to more than ${binaryLimits.unpackedBytes / 1024 / 1024} megabytes.`;
        }
        extent.read(bytes);
      }
      if (extent.columns > binaryLimits.columns) {
        return `A sheet of the workbook has more than ${binaryLimits.columns.toLocaleString('en')} columns.`;
      }
      cells += extent.rows * extent.columns;
      if (cells > binaryLimits.cells || extent.rows > binaryLimits.rows) {
        return `The sheets of the workbook reach over more than ${binaryLimits.cells / 1e6} million cells, most of them empty perhaps.`;
      }
    }
    return undefined;
  } finally {
    zip.close();
  }
}

/** The furthest cell that a sheet's XML names, found without parsing it. */
class Extent {
  rows = 0;
  columns = 0;
  #tail = '';

  read(bytes: Buffer): void {
    const text = this.#tail + bytes.toString('latin1');
    for (const [, letters, digits] of text.matchAll(/\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,15})["']/g)) {
      this.rows = Math.max(this.rows, Number(digits));
      if (letters !== undefined && letters !== '') this.columns = Math.max(this.columns, columnOf(letters));
    }
    this.#tail = text.slice(-40);
  }
}

/** A is 1, Z is 26, AA is 27. */
function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}
