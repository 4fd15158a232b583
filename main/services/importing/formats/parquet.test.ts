import { describe, expect, test } from 'vitest';
import { ImportFolder, pairsOf } from '../../../../tests/support/import-folder.ts';
import { parquetBytes } from '../../../../tests/support/tables.ts';

const numbers = Array.from({ length: 250 }, (_, index) => index);

describe('Parquet tables', () => {
  test('are read in groups of rows; each example knows its row', async () => {
    await using folder = await ImportFolder.create();
    const bytes = parquetBytes(
      {
        id: numbers.map(BigInt),
        prompt: numbers.map((n) => `Question ${n}?`),
        completion: numbers.map((n) => (n === 7 ? '' : `  answer ${n}\n    more`)),
      },
      { rowGroupSize: 100 },
    );
    const report = await folder.importText(bytes, 'set.parquet');
    expect(report.examples).toBe(249);
    expect(pairsOf(report.read)[100]).toEqual(['Question 101?', '  answer 101\n    more']);
    expect(report.read[100]?.source?.row).toBe(102);
    expect(report.rejected).toEqual([
      { file: expect.any(String), line: 8, isRow: true, reason: 'The answer is empty.' },
    ]);
    expect(report.files[0]).toMatchObject({ format: 'parquet', columnNames: ['id', 'prompt', 'completion'] });
  });

  test('conversations in a column are read as in JSON', async () => {
    await using folder = await ImportFolder.create();
    const messages = [
      { role: 'user', content: 'Hi?' },
      { role: 'assistant', content: 'Hello.' },
    ];
    const report = await folder.importText(parquetBytes({ messages: [messages, messages] }), 'chat.parquet');
    expect(pairsOf(report.read)).toEqual([
      ['Hi?', 'Hello.'],
      ['Hi?', 'Hello.'],
    ]);
  });

  test('columns can be chosen', async () => {
    await using folder = await ImportFolder.create();
    const bytes = parquetBytes({ x: ['a1', 'a2'], y: ['b1', 'b2'], z: ['c1', 'c2'] });
    const report = await folder.importText(bytes, 'x.parquet', { columns: { question: 'z', answer: 'x' } });
    expect(pairsOf(report.read)).toEqual([
      ['c1', 'a1'],
      ['c2', 'a2'],
    ]);
  });

  test('a file that is cut off, or lies about its size, is refused in words', async () => {
    await using folder = await ImportFolder.create();
    const bytes = parquetBytes({ prompt: ['a', 'b'], completion: ['c', 'd'] });
    for (const length of [8, 60, bytes.length - 9, bytes.length - 1]) {
      await expect(folder.importText(bytes.subarray(0, length), 'cut.parquet')).rejects.toThrow(
        /cut\.parquet: This Parquet file is damaged or cut off/,
      );
    }
    const lying = Buffer.from(bytes);
    lying.writeUInt32LE(0x7fffffff, lying.length - 8);
    await expect(folder.importText(lying, 'lying.parquet')).rejects.toThrow(/lying\.parquet: This Parquet file/);
  });
});
