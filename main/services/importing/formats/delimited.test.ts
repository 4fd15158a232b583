import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import Papa from 'papaparse';
import type { ImportOptions } from '../report.ts';
import { ImportFolder, pair, pairsOf } from '../../../../tests/support/import-folder.ts';

async function read(text: string, name = 'table.csv', options: Partial<ImportOptions> = {}) {
  await using folder = await ImportFolder.create();
  return await folder.importText(text, name, options);
}

const sourceLines = (report: Awaited<ReturnType<typeof read>>) => report.read.map(({ source }) => source?.line);

describe('tables', () => {
  test.each([
    [',', 'commas'],
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'vertical bars'],
  ])('separated by "%s"', async (delimiter, name) => {
    const rows = [
      ['question', 'answer'],
      ['What, is; it|?', 'a "quoted", word'],
      ['Two\nlines', '  b\n\n  c'],
    ];
    const report = await read(Papa.unparse(rows, { delimiter, newline: '\n' }));
    expect(pairsOf(report.read)).toEqual(rows.slice(1));
    expect(report.files[0]).toMatchObject({
      format: 'delimited',
      delimiter,
      header: true,
      columns: { question: 'question', answer: 'answer' },
      description: expect.stringContaining(name) as string,
    });
  });

  test('lines are right after cells of several lines, with Windows line ends', async () => {
    const report = await read('prompt,completion\r\n"a\r\nb","c\r\nd\r\ne"\r\nf,g\r\n\r\nh,\r\ni,j\r\n');
    expect(pairsOf(report.read)).toEqual([
      ['a\nb', 'c\nd\ne'],
      ['f', 'g'],
      ['i', 'j'],
    ]);
    expect(sourceLines(report)).toEqual([2, 6, 9]);
    expect(report.rejected).toMatchObject([{ line: 8, reason: 'The answer is empty.' }]);
  });

  test('without a row of names, two columns', async () => {
    const report = await read('What is red?,A colour.\nWhat is two?,A number.\nWho is it?,"Me, of course."\n');
    expect(report.files[0]).toMatchObject({ header: false, columns: { question: '1', answer: '2' } });
    expect(report.examples).toBe(3);
  });

  test('header and columns can be corrected', async () => {
    const text = 'red,blue\nwhat is red,a colour\n';
    const options = { format: 'delimited', header: false, columns: { question: '2', answer: '1' } } as const;
    expect(pairsOf((await read(text, 'x.csv', options)).read)).toEqual([
      ['blue', 'red'],
      ['a colour', 'what is red'],
    ]);
  });

  test('finds the columns among others', async () => {
    const report = await read(
      'id,date,category,Customer question,Agent reply\n1,2026-01-02,x,How?,So.\n2,2026-01-03,y,Why?,Therefore.\n',
    );
    expect(report.files[0]?.columns).toEqual({ question: 'Customer question', answer: 'Agent reply' });
    expect(pairsOf(report.read)).toEqual([
      ['How?', 'So.'],
      ['Why?', 'Therefore.'],
    ]);
  });

  test('a word over a column of numbers is a name, in any language', async () => {
    const report = await read('Nr;Was man fragt;Was wir antworten\n1;Wann?;Um neun.\n2;Wo?;Hier.\n', 'x.csv');
    expect(report.files[0]).toMatchObject({
      header: true,
      columns: { question: 'Was man fragt', answer: 'Was wir antworten' },
    });
    expect(report.examples).toBe(2);
  });

  test('words over words are no names without further reason', async () => {
    const report = await read('red;rouge\nblue;bleu\ngreen;vert\n', 'x.csv');
    expect(report.files[0]).toMatchObject({ header: false });
    expect(report.examples).toBe(3);
  });

  test('Alpaca columns', async () => {
    const report = await read('instruction,input,output\nTranslate,cat,chat\nSing,,la\n');
    expect(pairsOf(report.read)).toEqual([
      ['Translate\n\ncat', 'chat'],
      ['Sing', 'la'],
    ]);
  });

  test('rows with too many cells are rejected by line', async () => {
    const report = await read('question,answer\na,b\nc,d,e\nf,g\n');
    expect(report.rejected).toMatchObject([{ line: 3, reason: expect.stringContaining('3 cells') as string }]);
    expect(pairsOf(report.read)).toEqual([
      ['a', 'b'],
      ['f', 'g'],
    ]);
  });

  test('broken quotes cost one row, not the rest of the file', async () => {
    const report = await read(
      'question,answer\na,b\n"never closed,c\nd,e\n"stray" quote,f\ng,"h ""i"""\nj,"unclosed at the end\n',
    );
    expect(pairsOf(report.read)).toEqual([
      ['a', 'b'],
      ['d', 'e'],
      ['g', 'h "i"'],
    ]);
    expect(report.rejected.map(({ line, reason }) => [line, reason.split(' ').slice(0, 6).join(' ')])).toEqual([
      [3, 'A quotation mark stands inside a'],
      [5, 'A quotation mark stands inside a'],
      [7, 'A quotation mark opens a cell'],
    ]);
  });

  test('a table full of broken quotes is given up by name, in time', async () => {
    const report = await read(`question,answer\na,b\n${'"x" y,z\n'.repeat(5000)}c,d\n`);
    expect(report.rejected.at(-1)).toMatchObject({ line: 204, reason: expect.stringContaining('Too many') as string });
    expect(report.examples).toBe(1);
  });

  test('a quote that never closes in a long table', async () => {
    const report = await read(`question,answer\n"a,b\n${'c,d\n'.repeat(500)}`, 'x.csv', { maxRowChars: 1000 });
    expect(report.rejected).toMatchObject([{ line: 2 }]);
    expect(report.examples).toBe(500);
  });

  test('prose with commas is not a table', async () => {
    const prose = 'It was late, and cold.\nHe went home, slowly, alone.\nNobody, it seems, saw him.\n';
    await expect(read(prose, 'story.txt')).rejects.toMatchObject({ code: 'data-empty' });
  });

  test('any table comes back (round trip)', async () => {
    const cell = fc
      .string({ unit: fc.constantFrom(...'ab ,;|\t"\n\'=é漢😀'), minLength: 1, maxLength: 12 })
      .filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t'),
        async (rows, delimiter) => {
          const text = Papa.unparse([['question', 'answer'], ...rows], { delimiter, newline: '\n', quotes: true });
          const report = await read(text);
          expect(report.read.map(({ messages }) => messages)).toEqual(rows.map(([q, a]) => pair(q, a)));
        },
      ),
      { numRuns: 100 },
    );
  });
});
