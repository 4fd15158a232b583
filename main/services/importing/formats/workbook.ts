import readWorkbook from 'read-excel-file/node';
import { complaintOf, type BinaryFormat, type BinaryPlan } from '../binary-format.ts';
import type { Row } from '../format.ts';
import { tooLongReason } from '../format.ts';
import { planRecords, type RecordPlan } from '../records.ts';
import type { Correction } from '../report.ts';
import { asRecord, looksLikeHeader, namesRoles, numbered, uniqueNames } from './table-shape.ts';
import { refusalOf } from './workbook-scan.ts';

/** Excel workbooks (XLSX): one of their sheets, read like any other table. */
export const workbook: BinaryFormat = {
  name: 'workbook',
  async open({ file, bytes, correction, maxRowChars, signal, onBytes }): Promise<BinaryPlan> {
    const damaged = 'Open it in the spreadsheet program and save it again, or export it as CSV.';
    let sheets: readonly Sheet[];
    try {
      const refusal = await refusalOf(file, signal);
      if (refusal !== undefined) return { reason: refusal, hint: 'Export the sheet with the examples as CSV.' };
      sheets = (await readWorkbook(file, { trim: false })).map(({ sheet, data }) => ({
        name: sheet,
        rows: data.map((cells) => cells.map(textOf)),
      }));
    } catch (error) {
      if (signal?.aborted === true) throw error;
      return { reason: `This Excel workbook is damaged (${complaintOf(error)}).`, hint: damaged };
    }
    onBytes(bytes);
    const names = sheets.map(({ name }) => name);
    const tables = sheets.map((sheet) => planSheet(sheet, correction));
    const chosen = correction.sheet === undefined ? best(tables) : tables.find(({ name }) => name === correction.sheet);
    if (chosen === undefined) {
      return correction.sheet === undefined
        ? { reason: 'All sheets of this workbook are empty.' }
        : { reason: `There is no sheet “${correction.sheet}” in this workbook.`, hint: `It has: ${names.join(', ')}.` };
    }
    const { header, columnNames, records } = chosen;
    const named = header ? 'its first row names the columns' : 'no row of names';
    return {
      guess: {
        format: 'workbook',
        description: `Excel workbook, sheet “${chosen.name}”${names.length > 1 ? ` of ${names.length}` : ''}, ${named}; ${records.description}`,
        header,
        columns: records.columns,
        columnNames,
        sheet: chosen.name,
        sheets: names,
      },
      rows: rowsOf(chosen, maxRowChars),
    };
  },
};

interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

interface Table extends Sheet {
  readonly header: boolean;
  /** 0-based row of the first that is not empty. */
  readonly first: number;
  readonly columnNames: readonly string[];
  readonly records: RecordPlan;
  /** The first row names a column of questions and one of answers. */
  readonly named: boolean;
}

const isEmpty = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

function planSheet(sheet: Sheet, correction: Correction): Table {
  const first = sheet.rows.findIndex((cells) => !isEmpty(cells));
  const sample = sheet.rows.slice(Math.max(0, first), first + 101).filter((cells) => !isEmpty(cells));
  const [head = []] = sample;
  const header = correction.header ?? looksLikeHeader(sample);
  const columnNames = header ? uniqueNames(head) : numbered(head.length);
  const body = sample.slice(header ? 1 : 0).map((cells) => asRecord(columnNames, cells));
  const records = planRecords(body, correction);
  return { ...sheet, first, header, columnNames, records, named: header && namesRoles(head, 4) };
}

/** The first sheet with columns for questions and answers, else the one that looks most like it. */
function best(tables: readonly Table[]): Table | undefined {
  const filled = tables.filter(({ first }) => first >= 0);
  return (
    filled.find(({ named }) => named) ??
    filled.toSorted((a, b) => b.records.confidence - a.records.confidence || b.rows.length - a.rows.length)[0]
  );
}

async function* rowsOf({ rows, first, header, columnNames, records }: Table, maxRowChars: number): AsyncGenerator<Row> {
  for (const [index, cells] of rows.entries()) {
    if (index < first + (header ? 1 : 0) || isEmpty(cells)) continue;
    const line = index + 1;
    const place = { line, endLine: line };
    const chars = cells.reduce((sum, cell) => sum + cell.length, 0);
    if (chars > maxRowChars) yield { ...place, reason: tooLongReason(maxRowChars) };
    else yield { ...place, ...records.convert(asRecord(columnNames, cells)) };
  }
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : dateText(cell);
  // Excel ends lines inside a cell as Windows does where it was written there.
  return String(cell).replaceAll('\r\n', '\n');
}

/** A day without a time is written as the day alone. */
function dateText(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.replace('.000Z', '').replace('T', ' ');
}
