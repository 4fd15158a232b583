/** A file that is not text, and what a person can do with it. */
export interface BinaryKind {
  readonly name: string;
  /** The format that reads it, where one does. */
  readonly format?: 'workbook' | 'parquet';
  readonly advice: string;
}

const notData =
  'Choose a file of examples instead: text, Markdown, JSON, JSON lines, CSV, TSV, Excel (XLSX) or Parquet.';

interface Signature extends BinaryKind {
  readonly bytes: readonly number[];
  readonly offset?: number;
  /** A second test, for containers that share their first bytes. */
  readonly holds?: string;
}

const ascii = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];

/** First match wins, so the more exact comes first. */
const signatures: readonly Signature[] = [
  { name: 'a model file (GGUF)', bytes: ascii('GGUF'), advice: 'Models are chosen as the base, not as examples.' },
  {
    name: 'an Excel workbook (XLSX)',
    bytes: ascii('PK\u0003\u0004'),
    holds: 'xl/',
    format: 'workbook',
    advice: 'In the spreadsheet, use "Save as" or "Export" and choose CSV.',
  },
  {
    name: 'a Word document (DOCX)',
    bytes: ascii('PK\u0003\u0004'),
    holds: 'word/',
    advice: 'Word documents are not read yet. Save the examples as plain text (.txt) or CSV.',
  },
  {
    name: 'an OpenDocument file',
    bytes: ascii('PK\u0003\u0004'),
    holds: 'opendocument',
    advice: 'OpenDocument files are not read yet. Export the table as CSV, or the text as plain text (.txt).',
  },
  { name: 'a ZIP archive', bytes: ascii('PK\u0003\u0004'), advice: 'Unpack it and choose the files inside.' },
  {
    name: 'an old Excel or Word file',
    bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    advice: 'It is not read yet. Export the table as CSV, or the text as plain text (.txt).',
  },
  {
    name: 'a PDF document',
    bytes: ascii('%PDF-'),
    advice: 'PDF documents are not read yet. Copy the questions and answers into a text or CSV file.',
  },
  {
    name: 'a Parquet table',
    bytes: ascii('PAR1'),
    format: 'parquet',
    advice: 'Export the table as JSON lines or CSV.',
  },
  {
    name: 'an SQLite database',
    bytes: ascii('SQLite format 3\u0000'),
    advice: 'Export the table with the examples as CSV.',
  },
  { name: 'a gzip archive', bytes: [0x1f, 0x8b], advice: 'Unpack it and choose the file inside.' },
  {
    name: 'a 7-Zip archive',
    bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
    advice: 'Unpack it and choose the files inside.',
  },
  { name: 'an xz archive', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], advice: 'Unpack it and choose the file inside.' },
  { name: 'a zstd archive', bytes: [0x28, 0xb5, 0x2f, 0xfd], advice: 'Unpack it and choose the file inside.' },
  { name: 'a RAR archive', bytes: ascii('Rar!'), advice: 'Unpack it and choose the files inside.' },
  { name: 'a picture (PNG)', bytes: [0x89, 0x50, 0x4e, 0x47], advice: `Pictures cannot be taught. ${notData}` },
  { name: 'a picture (JPEG)', bytes: [0xff, 0xd8, 0xff], advice: `Pictures cannot be taught. ${notData}` },
  { name: 'a picture (GIF)', bytes: ascii('GIF8'), advice: `Pictures cannot be taught. ${notData}` },
  { name: 'a program', bytes: [0x7f, 0x45, 0x4c, 0x46], advice: notData },
  { name: 'a NumPy array', bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], advice: notData },
];

/** What a file's first bytes say it is; undefined for text and for anything unknown. */
export function binaryKind(head: Uint8Array): BinaryKind | undefined {
  return signatures.find(
    ({ bytes, offset = 0, holds }) =>
      bytes.every((byte, index) => head[offset + index] === byte) &&
      (holds === undefined || Buffer.from(head).includes(holds, 0, 'latin1')),
  );
}

/** For bytes that are no text in any encoding and match no signature. */
export const unknownBinary: BinaryKind = { name: 'not text', advice: notData };
