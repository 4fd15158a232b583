import { TunesmithError } from '#common/domain/errors.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { acceptConversation } from './conversation.ts';
import { DatasetWriter, type WrittenDataset } from './dataset-file.ts';
import type { Row } from './format.ts';
import { asImportFailure } from './import-failure.ts';
import { withSource, type OpenedSource } from './read-source.ts';
import { defaultMaxRowChars, placeOf, rawLimit, rejectionLimit } from './report.ts';
import type { FileReport, ImportOptions, ImportReport, Rejection } from './report.ts';
import { findSources, type Source } from './sources.ts';

/**
 * Reads files and folders of any known format and writes the examples they hold as one canonical data set at
 * `options.outPath`. Streams: memory does not grow with the files' size. Every row that is not an example is in the
 * report with its file, line and reason.
 * @throws TunesmithError `file-not-found`; `data-empty` where no example was found, its `cause` being the report so
 *   far (an `EmptyImport`); `disk-full`, `file-not-writable`; `bad-request` for an impossible correction; `cancelled`
 */
export async function importFiles(paths: readonly string[], options: ImportOptions): Promise<ImportReport> {
  const tally = new Tally();
  try {
    const { sources, rejected } = await findSources(paths, options.signal);
    rejected.forEach((rejection) => tally.reject(rejection));
    await using writer = await DatasetWriter.create(options.outPath);
    const totalBytes = sources.reduce((sum, { bytes }) => sum + bytes, 0);
    let completedBytes = 0;
    for (const source of sources) {
      const report = (position: number): void =>
        options.onProgress?.({
          stage: 'reading',
          file: source.file,
          completedBytes: completedBytes + position,
          totalBytes,
          examples: writer.examples,
        });
      await readOne(source, options, tally, writer, report);
      completedBytes += source.bytes;
      report(0);
    }
    if (writer.examples === 0) throw nothingUsable(paths, tally);
    const written = await writer.finish();
    const findings = options.examine === false ? [] : await examineWritten(written, totalBytes, options);
    return {
      examples: written.examples,
      datasetPath: written.path,
      sha256: written.sha256,
      bytes: written.bytes,
      ...tally.report(),
      findings,
    };
  } catch (error) {
    throw asImportFailure(error);
  }
}

function examineWritten(
  { path: file, examples }: WrittenDataset,
  totalBytes: number,
  { onProgress, signal }: ImportOptions,
): Promise<readonly Finding[]> {
  onProgress?.({ stage: 'examining', file, completedBytes: totalBytes, totalBytes, examples });
  return examine(file, { signal });
}

/** The `cause` of a `data-empty` error: everything that was tried. */
export type EmptyImport = Pick<ImportReport, 'files' | 'rejected' | 'rejectedCount'>;

class Tally {
  readonly files: FileReport[] = [];
  readonly rejected: Rejection[] = [];
  rejectedCount = 0;

  reject(rejection: Rejection): void {
    this.rejectedCount += 1;
    if (this.rejected.length < rejectionLimit) this.rejected.push(rejection);
  }

  report(): EmptyImport {
    return { files: this.files, rejected: this.rejected, rejectedCount: this.rejectedCount };
  }
}

/** More notes than this about one file say nothing new. */
const noteLimit = 20;

async function readOne(
  source: Source,
  options: ImportOptions,
  tally: Tally,
  writer: DatasetWriter,
  report: (position: number) => void,
): Promise<void> {
  const notes: string[] = [];
  const note = (text: string): void => {
    if (notes.length < noteLimit) notes.push(text);
  };
  const readOptions = {
    correction: { ...options, ...options.perFile?.get(source.file) },
    maxRowChars: options.maxRowChars ?? defaultMaxRowChars,
    signal: options.signal,
    onBytes: report,
    note,
  };
  await withSource(source, readOptions, async (opened) => {
    const before = { examples: writer.examples, rejected: tally.rejectedCount };
    await take(opened, source.file, tally, writer);
    tally.files.push({
      ...(opened.kind === 'readable' ? opened.guess : {}),
      file: source.file,
      format: opened.kind === 'readable' ? opened.guess.format : null,
      encoding: opened.kind === 'readable' ? opened.encoding : null,
      examples: writer.examples - before.examples,
      rejected: tally.rejectedCount - before.rejected,
      notes,
    });
  });
}

async function take(opened: OpenedSource, file: string, tally: Tally, writer: DatasetWriter): Promise<void> {
  if (opened.kind === 'rejected') {
    tally.reject({
      file,
      line: null,
      reason: opened.reason,
      ...(opened.hint === undefined ? {} : { hint: opened.hint }),
    });
    return;
  }
  let position = 0;
  for await (const row of opened.rows) {
    position += 1;
    const accepted = accept(row);
    if ('reason' in accepted) {
      const { reason, hint, isRepairable } = accepted;
      const raw = tally.rejectedCount < rawLimit ? row.raw?.() : undefined;
      tally.reject({
        file,
        line: row.line,
        ...(opened.countsRows === true && row.line !== null ? { isRow: true } : {}),
        reason,
        ...(hint === undefined ? {} : { hint }),
        ...(isRepairable === true ? { isRepairable } : {}),
        ...(raw === undefined || raw.text.trim() === '' ? {} : { raw }),
      });
      continue;
    }
    const place =
      opened.countsRows === true ? { row: row.line ?? position } : row.line === null ? {} : { line: row.line };
    const source = { file, row: position, ...place };
    const full = writer.add({ messages: accepted.messages, source });
    if (full !== undefined) await full;
  }
}

function accept(row: Row): Accepted {
  if ('messages' in row) return acceptConversation(row.messages);
  const { reason, hint, isRepairable } = row;
  return { reason, hint, isRepairable };
}

type Accepted = ReturnType<typeof acceptConversation> & {
  readonly hint?: string | undefined;
  readonly isRepairable?: boolean | undefined;
};

/** Most different reasons that an error message repeats; all are in its cause. */
const reasonsShown = 5;

function nothingUsable(paths: readonly string[], tally: Tally): TunesmithError {
  const places = new Map<string, string[]>();
  for (const rejection of tally.rejected) {
    const { reason } = rejection;
    const where = placeOf(rejection);
    const known = places.get(reason);
    if (known !== undefined) known.push(where);
    else places.set(reason, [where]);
  }
  const reasons = [...places].map(([reason, [first, ...others]]) => {
    return `${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}: ${reason}`;
  });
  if (reasons.length > reasonsShown) reasons.splice(reasonsShown, Infinity, 'There are more, for other reasons.');
  const where = paths.length === 1 ? String(paths[0]) : `the ${paths.length} chosen files and folders`;
  const why = reasons.length === 0 ? ['There are no files in it.'] : reasons;
  const hint = tally.rejected.find((rejection) => rejection.hint !== undefined)?.hint;
  return new TunesmithError('data-empty', [`No example was found in ${where}.`, ...why].join('\n'), {
    advice:
      hint ??
      'Examples can be text with "# INPUT" and "# OUTPUT" lines, Markdown with questions as headings, JSON or JSON lines, or a table (CSV, Excel, Parquet) with a column of questions and one of answers.',
    cause: tally.report(),
  });
}
