import path from 'node:path';
import type { Client } from '#common/contract/define.ts';
import { importingContract, type ImportingContract } from '#common/contract/importing.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { places } from '#common/platform/places.ts';
import type { Launch } from '../child/launch.ts';
import { supervise, type Supervised } from '../child/supervise.ts';
import type { Correction, ImportProgress, ImportReport } from './report.ts';

export type Reader = Supervised<ImportingContract>;
export type ReaderClient = Client<ImportingContract>;

/** No set of examples needs more; a file that was made to fill the memory ends at this. */
const heapLimitMegabytes = 2048;

/** Reads and examines files in a process of its own, started at the first call: parsers meet what anybody wrote. */
export function openReader(options: { readonly logFile?: string; readonly launch?: Launch | undefined } = {}): Reader {
  return supervise(importingContract, {
    entry: places.entries.reader,
    part: 'file reader',
    repeatable: ['examine'],
    heapLimitMegabytes,
    ...options,
  });
}

export interface ReadOrder {
  readonly paths: readonly string[];
  readonly outPath: string;
  readonly correction: Correction;
  readonly examine: boolean;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads files in the reader's process.
 * @throws TunesmithError as `importFiles` does; `data-unusable` where a file broke its parser
 */
export async function readFiles(reader: ReaderClient, order: ReadOrder): Promise<ImportReport> {
  const { paths, outPath, correction, examine, onProgress, signal } = order;
  let last: ImportProgress | undefined;
  try {
    for await (const event of reader.read({ paths: [...paths], outPath, correction, examine }, signal)) {
      if (event.type === 'progress') onProgress?.((last = event));
      // A file's format is one of those that the reader knows: it wrote the report.
      else if (event.type === 'done') return event.report as ImportReport;
      else {
        const { code, message, advice } = event.failure;
        throw new TunesmithError(code, message, { ...(advice === undefined ? {} : { advice }), cause: event.tried });
      }
    }
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== 'process-died') throw error;
    const file = last?.file ?? paths[0] ?? '';
    throw new TunesmithError(
      'data-unusable',
      `${path.basename(file)} could not be read: reading it took more memory than there is, or broke the reader.`,
      {
        advice: 'Check the file in the program it comes from, or split it in parts. Nothing was changed.',
        cause: error,
      },
    );
  }
  throw new TunesmithError('internal', 'The reader ended without a report.');
}
