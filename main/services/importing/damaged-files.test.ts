import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { TunesmithError } from '#common/domain/errors.ts';
import { exampleSchema } from '#common/domain/example.ts';
import { ImportFolder } from '../../../tests/support/import-folder.ts';
import { parquetBytes, workbookBytes } from '../../../tests/support/tables.ts';

const rows = Array.from({ length: 12 }, (_, index) => ({
  question: `Frage ${index} "ü"?\n  {x}`,
  answer: `[${index}], # Output: é\n`,
}));
const originals: readonly Buffer[] = [
  rows.map((row) => JSON.stringify(row)).join('\n'),
  JSON.stringify({ data: rows }, null, 1),
  JSON.stringify(rows),
  ['question,answer', ...rows.map(({ question, answer }) => `"${question.replaceAll('"', '""')}","${answer}"`)].join(
    '\r\n',
  ),
  rows.map(({ question, answer }) => `# INPUT\n${question}\n# OUTPUT\n${answer}\n`).join(''),
  rows.map(({ question, answer }) => `User: ${question}\nAssistant: ${answer}\n---\n`).join(''),
].flatMap((text) => [
  Buffer.from(text),
  iconv.encode(text, 'windows-1252'),
  iconv.encode(text, 'utf-16le', { addBOM: true }),
]);

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 12 }),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom(
      ...['"', '\n', '{', ']', '# INPUT\n', '\\', ',', 'A:', '\r', '```\n'].map((text) => Buffer.from(text)),
    ),
  ),
});

test('a damaged file gives examples, reasons, or an error in words; never a crash', async () => {
  await using folder = await ImportFolder.create();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      async (original, edits) => {
        let bytes: Buffer = original;
        for (const { at, remove, insert } of edits) {
          const offset = Math.floor(at * bytes.length);
          bytes = Buffer.concat([bytes.subarray(0, offset), insert, bytes.subarray(offset + remove)]);
        }
        try {
          const report = await folder.importText(bytes, 'damaged');
          expect(report.read).toHaveLength(report.examples);
          for (const example of report.read) exampleSchema.parse(example);
          const last = bytes.toString('latin1').split(/\r\n|\r|\n/).length;
          for (const { line } of report.rejected) expect(line === null || (line >= 1 && line <= last)).toBe(true);
          const lines = report.read.map(({ source }) => source?.line ?? 0);
          expect(lines).toEqual(lines.toSorted((a, b) => a - b));
        } catch (error) {
          if (!(error instanceof TunesmithError)) throw error;
          expect(error.code).toBe('data-empty');
          expect(error.message.split('\n').length).toBeGreaterThan(1);
        }
      },
    ),
    { numRuns: 250 },
  );
});

test('a damaged workbook, Parquet table or Markdown page gives examples, reasons, or an error in words', async () => {
  await using folder = await ImportFolder.create();
  const questions = rows.map(({ question }) => question);
  const answers = rows.map(({ answer }) => answer);
  const files: readonly (readonly [string, Buffer])[] = [
    ['damaged.xlsx', await workbookBytes({ S: [['question', 'answer'], ...rows.map((row) => Object.values(row))] })],
    ['damaged.parquet', parquetBytes({ question: questions, answer: answers }, { rowGroupSize: 5 })],
    ['damaged.parquet', parquetBytes({ conversations: rows.map(() => [{ from: 'human', value: 'a' }]) })],
    ['damaged.md', Buffer.from(rows.map(({ question, answer }) => `## ${question}?\n\n${answer}\n`).join('\n'))],
  ];
  const flip = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.integer({ min: 0, max: 255 }),
    cut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(flip, { minLength: 1, maxLength: 6 }),
      async ([name, original], flips) => {
        let bytes = Buffer.from(original);
        for (const { at, byte, cut } of flips) {
          const offset = Math.floor(at * (bytes.length - 1));
          if (cut && offset > 16 && flips.length === 1) bytes = bytes.subarray(0, offset);
          else bytes[offset] = byte;
        }
        try {
          const report = await folder.importText(bytes, name);
          expect(report.read).toHaveLength(report.examples);
          for (const example of report.read) exampleSchema.parse(example);
        } catch (error) {
          if (!(error instanceof TunesmithError)) throw error;
          expect(error.code).toBe('data-empty');
          expect(error.message).toContain(`${name}`);
          expect(error.message.split('\n').length).toBeGreaterThan(1);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('a file cut off anywhere keeps all complete examples before the cut', async () => {
  await using folder = await ImportFolder.create();
  const text = await readFile('tests/fixtures/reference-style.txt', 'utf8');
  const whole = (await folder.importText(text)).read;
  for (const at of [0.2, 0.41, 0.77, 0.999]) {
    const cut = text.slice(0, Math.floor(text.length * at));
    const labels = cut.match(/^# OUTPUT$/gm)?.length ?? 0;
    const report = await folder.importText(cut);
    expect(report.read.slice(0, labels - 1)).toEqual(whole.slice(0, labels - 1));
  }
});
