import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { placeOf, type ImportReport } from '../../../services/importing/report.ts';
import type { EmptyImport } from '../../../services/importing/import-files.ts';
import { plural } from '../../../services/doctor/words.ts';
import { importDataset, type Imported } from '../../../features/importing/import-dataset.ts';
import { writeError } from '../../../services/storage/write-error.ts';
import { importCorrection, type Given } from '../options.ts';
import type { Output } from '../output.ts';
import { bar } from '../status-line.ts';
import type { Workplace } from '../workplace.ts';

/** Imports with progress on the way. Shared by every command that takes FILES. */
export async function importWithProgress(
  work: Workplace,
  files: readonly string[],
  given: Given,
  options: { readonly examine?: boolean } = {},
): Promise<Imported> {
  const { output } = work;
  const imported = await importDataset(files, {
    reader: work.reader,
    tmpFolder: work.layout.tmp,
    correction: importCorrection(given),
    examine: options.examine ?? true,
    signal: work.signal,
    onProgress: ({ completedBytes, totalBytes, examples, stage }) =>
      output.status.show(`${bar(completedBytes / Math.max(1, totalBytes))} ${stage} the examples: ${examples}`),
  });
  output.status.clear();
  return imported;
}

export async function importCommand(work: Workplace, files: readonly string[], given: Given): Promise<void> {
  const { output } = work;
  try {
    await using imported = await importWithProgress(work, files, given);
    const { report } = imported;
    await output.row(reportRow(report));
    await showReport(output, report, 20);
    if (given['out'] !== undefined) await saveAs(imported.path, given['out'], output);
  } catch (error) {
    // What was tried is the answer, even where nothing came of it.
    if (error instanceof TunesmithError && error.code === 'data-empty' && isEmptyImport(error.cause)) {
      await output.row(reportRow({ examples: 0, findings: [], ...error.cause }));
    }
    throw error;
  }
}

/** A word on what was imported, before work that uses it. */
export function noteImport(output: Output, report: ImportReport): void {
  output.note(`${plural(report.examples, 'example', 'examples')} read.`);
  if (report.rejectedCount > 0) {
    output.warn(`${plural(report.rejectedCount, 'row', 'rows')} not used; the first ones:`);
    for (const rejection of report.rejected.slice(0, 5)) output.note(`  ${placeOf(rejection)}: ${rejection.reason}`);
  }
  for (const { rows, message } of report.findings.slice(0, 5))
    output.note(`Worth a look: ${message} (${rowWords(rows)})`);
}

type Shown = Pick<ImportReport, 'examples' | 'rejected' | 'rejectedCount' | 'findings' | 'files'>;

function reportRow({ examples, rejected, rejectedCount, findings, files }: Shown) {
  return { examples, rejected, findings, rejectedCount, files };
}

async function showReport(output: Output, report: Shown, limit: number): Promise<void> {
  for (const file of report.files) {
    await output.line(
      `${file.file}: ${plural(file.examples, 'example', 'examples')}${file.description === undefined ? '' : ` (${file.description})`}`,
    );
    for (const note of file.notes.slice(0, limit)) await output.line(`  note: ${note}`);
  }
  await output.line(
    `${plural(report.examples, 'example', 'examples')}, ${plural(report.rejectedCount, 'row', 'rows')} not used.`,
  );
  for (const { file, line, isRow, reason, hint } of report.rejected.slice(0, limit)) {
    const where = line === null ? file : isRow === true ? `${file}, row ${line}` : `${file}:${line}`;
    await output.line(`  ${where}: ${reason}${hint === undefined ? '' : ` ${hint}`}`);
  }
  if (report.rejectedCount > limit)
    await output.line(`  … and ${report.rejectedCount - limit} more (--json lists all)`);
  for (const { kind, rows, message, advice } of report.findings) {
    await output.line(`${kind}: ${message} (${rowWords(rows)})`);
    await output.line(`  ${advice}`);
  }
}

function rowWords(rows: readonly number[]): string {
  const shown = rows.slice(0, 8).join(', ');
  return `row${rows.length === 1 ? '' : 's'} ${shown}${rows.length > 8 ? `, … ${rows.length} in all` : ''}`;
}

async function saveAs(from: string, to: string, output: Output): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    throw writeError(error, path.resolve(to));
  }
  output.note(`Written to ${path.resolve(to)}, one JSON example a line.`);
}

function isEmptyImport(cause: unknown): cause is EmptyImport {
  return typeof cause === 'object' && cause !== null && 'rejected' in cause && 'files' in cause;
}
