import { describe, expect, test } from 'vitest';
import { ImportFolder, pairsOf } from '../../../../tests/support/import-folder.ts';
import { workbookBytes } from '../../../../tests/support/tables.ts';

describe('Excel workbooks', () => {
  test('the first sheet with columns for questions and answers is read; spaces and lines in a cell stay', async () => {
    await using folder = await ImportFolder.create();
    const bytes = await workbookBytes({
      Notes: [['What this is'], ['Written by the desk']],
      Pairs: [
        ['Question', 'Answer', 'Seen'],
        ['How do I end it?', '  begin\n    x & <y>\n  end', 3],
        [null, null, null],
        ['How many?', 12, true],
        ['And this?', '', 0],
      ],
      Old: [
        ['Question', 'Answer'],
        ['Old?', 'Old.'],
      ],
    });
    const report = await folder.importText(bytes, 'faq.xlsx');
    expect(pairsOf(report.read)).toEqual([
      ['How do I end it?', '  begin\n    x & <y>\n  end'],
      ['How many?', '12'],
    ]);
    expect(report.read.map(({ source }) => source?.row)).toEqual([2, 4]);
    expect(report.files[0]).toMatchObject({
      format: 'workbook',
      encoding: null,
      sheet: 'Pairs',
      sheets: ['Notes', 'Pairs', 'Old'],
      columns: { question: 'Question', answer: 'Answer' },
      columnNames: ['Question', 'Answer', 'Seen'],
      header: true,
    });
    expect(report.rejected).toEqual([
      { file: expect.any(String), line: 5, isRow: true, reason: 'The answer is empty.' },
    ]);
  });

  test('another sheet and other columns can be asked for', async () => {
    await using folder = await ImportFolder.create();
    const bytes = await workbookBytes({
      A: [
        ['question', 'answer'],
        ['a', 'b'],
      ],
      'B & C': [
        ['left', 'middle', 'right'],
        ['l1', 'm1', 'r1'],
      ],
    });
    const options = { sheet: 'B & C', header: true, columns: { question: 'right', answer: 'left' } };
    const report = await folder.importText(bytes, 'x.xlsx', options);
    expect(pairsOf(report.read)).toEqual([['r1', 'l1']]);
    await expect(folder.importText(bytes, 'y.xlsx', { sheet: 'D' })).rejects.toThrow(
      'There is no sheet “D” in this workbook',
    );
  });

  test('shared strings with several runs, and the escapes of control characters, are text', async () => {
    await using folder = await ImportFolder.create();
    const bytes = await workbookBytes(
      { S: [] },
      {
        'xl/worksheets/sheet1.xml':
          '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row></sheetData></worksheet>',
        'xl/sharedStrings.xml':
          '<sst><si><t>prompt</t></si><si><t>completion</t></si><si><r><t>Which </t></r><r><t xml:space="preserve">one?</t></r></si><si><t>first_x000D_\nsecond</t></si></sst>',
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
      },
    );
    const report = await folder.importText(bytes, 's.xlsx');
    expect(pairsOf(report.read)).toEqual([['Which one?', 'first\nsecond']]);
  });

  test('an archive that unpacks to more than the limit is refused without unpacking it into memory', async () => {
    await using folder = await ImportFolder.create();
    const spaces = Buffer.alloc(52 * 1024 * 1024, ' ');
    const parts = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`xl/worksheets/sheet${n + 1}.xml`, spaces]));
    const bytes = await workbookBytes({ S: [] }, parts);
    expect(bytes.length).toBeLessThan(1024 * 1024);
    const before = process.memoryUsage().rss;
    await expect(folder.importText(bytes, 'bomb.xlsx')).rejects.toThrow('unpacks to more than 512 megabytes');
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  test('one cell at the far end makes no table of billions of cells', async () => {
    await using folder = await ImportFolder.create();
    const far = (place: string): string =>
      `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>question</t></is></c></row><row r="9"><c t="inlineStr" r="${place}"><is><t>x</t></is></c></row></sheetData></worksheet>`;
    for (const place of ['XFD1048576', 'ZZZZZZ9', 'CA1048576']) {
      const bytes = await workbookBytes({ S: [] }, { 'xl/worksheets/sheet1.xml': far(place) });
      await expect(folder.importText(bytes, 'far.xlsx')).rejects.toThrow(/columns|cells/);
    }
  });

  test('damage is told in words', async () => {
    await using folder = await ImportFolder.create();
    const bytes = await workbookBytes({
      S: [
        ['question', 'answer'],
        ['a', 'b'],
      ],
    });
    await expect(folder.importText(bytes.subarray(0, bytes.length - 40), 'cut.xlsx')).rejects.toThrow(
      /cut\.xlsx: This Excel workbook is damaged/,
    );
    const noSheets = await workbookBytes({ S: [] }, { 'xl/workbook.xml': '<workbook></workbook>' });
    await expect(folder.importText(noSheets, 'none.xlsx')).rejects.toThrow(/none\.xlsx: /);
  });
});
