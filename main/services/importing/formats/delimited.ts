import Papa from 'papaparse';
import type { ImportFormat, Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import { nameScore } from '../columns.ts';
import { planRecords, type RecordPlan } from '../records.ts';
import { excerpt, type RawText } from '../raw-text.ts';
import type { Correction } from '../report.ts';
import { sampleLines, type Sample, type TextSource } from '../text-source.ts';
import { tableRows, type TableRow } from './table-rows.ts';
import { asRecord, looksLikeHeader, namesRoles, numbered, uniqueNames } from './table-shape.ts';

const delimiters = [',', '\t', ';', '|'] as const;
const delimiterNames: ReadonlyMap<string, string> = new Map([
  [',', 'commas'],
  ['\t', 'tabs'],
  [';', 'semicolons'],
  ['|', 'vertical bars'],
]);

/** CSV, TSV and their relatives: rows of cells, with quotes around cells that hold delimiters or line ends. */
export const delimited: ImportFormat = {
  name: 'delimited',
  plan(sample, correction) {
    const table = findTable(sample, correction);
    if (table === undefined) return undefined;
    const { delimiter, rows } = table;
    const header = correction.header ?? looksLikeHeader(rows);
    const names = header ? uniqueNames(rows[0] ?? []) : numbered(table.width);
    const records = planRecords(
      rows.slice(header ? 1 : 0).map((cells) => asRecord(names, cells)),
      correction,
    );
    const separatedBy = delimiterNames.get(delimiter) ?? `"${delimiter}"`;
    return {
      confidence: tableConfidence(table, header, records, sample.extension),
      guess: {
        format: 'delimited',
        description: `table separated by ${separatedBy}, ${header ? 'first row names the columns' : 'no row of names'}; ${records.description}`,
        delimiter,
        header,
        columns: records.columns,
        columnNames: names,
      },
      rows: (source) => readTable(source, { delimiter, header, names, records }),
    };
  },
};

interface Table {
  readonly delimiter: string;
  /** Sampled rows that are not empty. */
  readonly rows: readonly (readonly string[])[];
  /** The usual number of cells. */
  readonly width: number;
  /** Share of rows that have it. */
  readonly regular: number;
  /** The first row names a column of questions and one of answers. */
  readonly named: boolean;
}

/** The delimiter under which the most rows have the same number of cells, two or more. */
function findTable(sample: Sample, correction: Correction): Table | undefined {
  const text = sampleLines(sample).join('\n');
  const candidates = correction.delimiter === undefined ? delimiters : [correction.delimiter];
  const tables = candidates
    .map((delimiter) => tryDelimiter(text, delimiter))
    .filter((table) => table !== undefined)
    .toSorted((a, b) => Number(b.named) - Number(a.named) || evenness(b) - evenness(a));
  const forced = correction.format === 'delimited';
  const sure = ({ width, regular, named }: Table): boolean => width >= 2 && (named || regular >= 0.8 || forced);
  return tables.find(sure) ?? (forced ? tables[0] : undefined);
}

function tryDelimiter(text: string, delimiter: string): Table | undefined {
  const parsed = Papa.parse<string[]>(text, { delimiter, newline: '\n', preview: 101 });
  const rows = parsed.data.filter((cells) => cells.some((cell) => cell.trim() !== ''));
  const widths = new Map<number, number>();
  for (const { length } of rows) widths.set(length, (widths.get(length) ?? 0) + 1);
  const [top] = [...widths].toSorted(([a, countA], [b, countB]) => countB - countA || b - a);
  if (top === undefined) return undefined;
  const [header = []] = rows;
  const named = namesRoles(header, 6);
  const width = named ? header.length : top[0];
  return { delimiter, rows, width, regular: (widths.get(width) ?? 0) / rows.length, named };
}

/** One or two rows are even by chance. */
const evenness = ({ regular, rows }: Table): number => regular * Math.min(rows.length, 3);

/** Prose has commas too: the width, known column names and the file's own ending decide together. */
function tableConfidence(table: Table, header: boolean, records: RecordPlan, extension: string): number {
  const named = table.named || (header && (table.rows[0] ?? []).some((name) => nameScore(name, 'answer') >= 4));
  const usualEnding = ['.csv', '.tsv', '.tab', '.psv'].includes(extension) ? 0.2 : 0;
  const tabs = table.delimiter === '\t' ? 0.15 : 0;
  const rows = table.rows.length >= 3 ? 0.1 : 0;
  return Math.min(1, 0.25 * table.regular + (named ? 0.35 : 0) + usualEnding + tabs + rows + 0.1 * records.confidence);
}

interface Reading {
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly records: RecordPlan;
}

async function* readTable(source: TextSource, reading: Reading): AsyncGenerator<Row> {
  let headerSeen = !reading.header;
  for await (const row of tableRows(source.chunks(), reading.delimiter, source.maxRowChars)) {
    if (!('cells' in row)) {
      yield { ...row, reason: problemReason(row, source.maxRowChars) };
      continue;
    }
    const { line, endLine, cells } = row;
    if (cells.length === 1 && cells[0]?.trim() === '') continue;
    if (!headerSeen) {
      headerSeen = true;
      continue;
    }
    const extra = cells.slice(reading.names.length).some((cell) => cell.trim() !== '');
    const { delimiter, names } = reading;
    const place = { line, endLine };
    if (extra) {
      // The text from where the columns end.
      const kept = cells.slice(0, names.length).join(delimiter).length + delimiter.length;
      yield { ...place, reason: widthReason(cells.length, reading), raw: () => excerpt(cells.join(delimiter), kept) };
    } else {
      const raw = (): RawText => excerpt(cells.join(delimiter));
      yield { ...place, ...reading.records.convert(asRecord(names, cells)), raw };
    }
  }
}

function widthReason(cells: number, { names, delimiter }: Reading): string {
  const name = delimiterNames.get(delimiter) ?? 'delimiters';
  return `This row has ${cells} cells, but the table has ${names.length} columns. A cell that holds ${name} must stand in double quotes.`;
}

function problemReason(row: Exclude<TableRow, { cells: unknown }>, maxRowChars: number): string {
  switch (row.problem) {
    case 'unclosed-quote':
      return 'A quotation mark opens a cell in this row and is never closed.';
    case 'stray-quote':
      return 'A quotation mark stands inside a quoted cell of this row. Inside a cell it must be written twice ("").';
    case 'gave-up':
      return 'Too many rows have broken quotation marks; nothing from here on was read.';
    case 'too-long':
      return tooLongReason(maxRowChars);
  }
}
