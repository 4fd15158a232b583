import { describe, expect, test } from 'vitest';
import iconv from 'iconv-lite';
import { ImportFolder, pairsOf } from '../../../tests/support/import-folder.ts';

const text = '# INPUT\n\nWie heißt „Größe“?\n\n# OUTPUT\n\nCafé – naïve – 10 €\n\n'.repeat(3);
const example = ['Wie heißt „Größe“?', 'Café – naïve – 10 €'];

async function read(bytes: Uint8Array, encoding?: string) {
  await using folder = await ImportFolder.create();
  return await folder.importText(bytes, 'examples.txt', encoding === undefined ? {} : { encoding });
}

describe('encodings', () => {
  test.each([
    ['utf-8', {}, 'utf-8'],
    ['utf-8', { addBOM: true }, 'utf-8'],
    ['utf-16le', { addBOM: true }, 'utf-16le'],
    ['utf-16be', { addBOM: true }, 'utf-16be'],
    ['utf-16le', {}, 'utf-16le'],
    ['utf-16be', {}, 'utf-16be'],
    ['windows-1252', {}, 'windows-1252'],
    ['utf-32le', { addBOM: true }, 'utf-32le'],
  ])('%s %j is found', async (encoding, options, reported) => {
    const report = await read(iconv.encode(text, encoding, options));
    expect(pairsOf(report.read)).toEqual([example, example, example]);
    expect(report.files[0]?.encoding).toBe(reported);
    expect(report.rejected).toEqual([]);
  });

  test('others are found where the text is long enough, and can be chosen', async () => {
    const russian =
      '# INPUT\n\nКак называется столица Франции?\n\n# OUTPUT\n\nСтолица Франции называется Париж.\n\n'.repeat(20);
    const bytes = iconv.encode(russian, 'windows-1251');
    const guessed = await read(bytes);
    expect(guessed.files[0]?.encoding).toBe('windows-1251');
    expect(pairsOf(guessed.read)[0]?.[1]).toBe('Столица Франции называется Париж.');
    expect(pairsOf((await read(iconv.encode('Q: Größe\nA: ü\n', 'cp850'), 'cp850')).read)).toEqual([['Größe', 'ü']]);
    await expect(read(bytes, 'klingon')).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('the first character beyond ASCII may come late', async () => {
    const report = await read(iconv.encode('# INPUT\na\n# OUTPUT\nb\n'.repeat(30_000) + text, 'windows-1252'));
    expect(report.files[0]?.encoding).toBe('windows-1252');
    expect(pairsOf(report.read).at(-1)).toEqual(example);
  });

  test('damaged bytes in UTF-8 cost the rows they are in, by line', async () => {
    const one = '# INPUT\nGrüße\n# OUTPUT\nja ü\n';
    const bytes = Buffer.concat([
      Buffer.from(one),
      Buffer.from('# INPUT\nx\n# OUTPUT\nfirst\n'),
      Buffer.from([0xff, 0xe4, 0x62]),
      Buffer.from(`\nlast\n${one.repeat(2)}`),
    ]);
    const report = await read(bytes);
    expect(report.examples).toBe(3);
    expect(report.rejected).toMatchObject([
      { line: 5, reason: 'Line 9 holds bytes that are no characters in UTF-8, the encoding of the rest of the file.' },
    ]);
  });

  test('damaged lines are found in JSON lines and tables too', async () => {
    await using folder = await ImportFolder.create();
    const bad = Buffer.from([0xe4]);
    const jsonLine = '{"prompt": "ü", "completion": "ö"}\n';
    const lines = Buffer.concat([
      Buffer.from(jsonLine + jsonLine + '{"prompt": "'),
      bad,
      Buffer.from(`", "completion": "x"}\n${jsonLine}`),
    ]);
    const table = Buffer.concat([Buffer.from('question,answer\nü,ö\n"a\n'), bad, Buffer.from('",b\nü,ö\n')]);
    const report = await folder.import([await folder.write('a.jsonl', lines), await folder.write('b.csv', table)]);
    expect(report.rejected.map(({ line, reason }) => [line, reason.slice(0, 6)])).toEqual([
      [3, 'Line 3'],
      [3, 'Line 4'],
    ]);
    expect(report.examples).toBe(5);
  });
});

describe('files that are not text', () => {
  test.each([
    ['GGUF', Buffer.from('GGUF\u0003\u0000\u0000\u0000'), 'a model file (GGUF)'],
    ['XLSX', Buffer.from('PK\u0003\u0004\u0014\u0000xl/workbook.xml\u0000'), 'This Excel workbook is damaged'],
    ['ZIP', Buffer.from('PK\u0003\u0004\u0014\u0000abc'), 'a ZIP archive'],
    ['PDF', Buffer.from('%PDF-1.7\n%\u00e2\u00e3'), 'a PDF document'],
    ['PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'a picture (PNG)'],
    ['Parquet', Buffer.from('PAR1\u0015\u0000'), 'This Parquet file is damaged'],
    ['zeros', Buffer.alloc(5000), 'not text'],
    ['noise', Buffer.from(Array.from({ length: 5000 }, (_, index) => ((index * 7919) % 255) + 1)), 'not text'],
  ])('%s is named', async (_, bytes, words) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'data-empty',
      message: expect.stringContaining(words) as string,
    });
  });

  test('nothing, and nothing but empty lines', async () => {
    await expect(read(Buffer.alloc(0))).rejects.toMatchObject({
      message: expect.stringContaining('The file is empty.') as string,
    });
    await expect(read(Buffer.from('\n \n\n'))).rejects.toMatchObject({
      message: expect.stringContaining('nothing but empty lines') as string,
    });
  });
});
