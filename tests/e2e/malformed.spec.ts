/** Files that are cut off, garbled or not what their name says: each is refused in words, and the app goes on. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../renderer/copy/index.ts';
import { parquetBytes, workbookBytes } from '../support/tables.ts';
import { button, chooseModel, next, startProject } from './support/journey.ts';
import { expect, test } from './support/world.ts';

test.use({ model: 'tiny' });
test.setTimeout(15 * 60_000);

const copy = words.examples;

test('a malformed file of every format names the file, the place and the reason, and nothing stops', async ({
  world,
}) => {
  const { page, home } = world;
  await startProject(page);
  await chooseModel(page, 'Tiny llama');
  await next(page, words.model.next, copy.title);

  const book = await workbookBytes({
    S: [
      ['question', 'answer'],
      ['a', 'b'],
    ],
  });
  const table = parquetBytes({ prompt: ['a', 'b'], completion: ['c', 'd'] });
  const garbled = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 251));
  const spaces = Buffer.alloc(52 * 1024 * 1024, ' ');
  const bomb = await workbookBytes(
    { S: [] },
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`xl/worksheets/sheet${n + 1}.xml`, spaces])),
  );
  const files: readonly (readonly [name: string, content: string | Buffer, reason: RegExp])[] = [
    ['cut.jsonl', '{"prompt": "a", "completion', /cut\.jsonl, line 1 .*JSON/],
    ['cut.json', '[{"prompt": "a", "completion": "b", ', /cut\.json\b.*never closed/],
    ['quote.csv', 'question,answer\n"a,b\nc,d', /quote\.csv, line \d/],
    ['empty.tsv', '', /empty\.tsv The file is empty/],
    ['cut.txt', '# INPUT\nOnly a question\n', /cut\.txt/],
    ['cut.md', '## What is it?\n\n## And why?\n', /cut\.md.*no answer/],
    ['cut.xlsx', book.subarray(0, book.length - 30), /cut\.xlsx This Excel workbook is damaged/],
    ['bomb.xlsx', bomb, /bomb\.xlsx The workbook unpacks to more than 512 megabytes/],
    ['cut.parquet', table.subarray(0, table.length - 6), /cut\.parquet This Parquet file is damaged or cut off/],
    [
      'garbled.parquet',
      Buffer.concat([Buffer.from('PAR1'), garbled, Buffer.from('PAR1')]),
      /garbled\.parquet This Parq/,
    ],
    ['garbled.xlsx', Buffer.concat([book.subarray(0, 60), garbled]), /garbled\.xlsx/],
    ['picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), /picture\.csv The file is a picture/],
    ['noise.txt', garbled, /noise\.txt The file is not text/],
  ];
  for (const [name, content, reason] of files) {
    const file = path.join(home, name);
    writeFileSync(file, content);
    await page.locator('input[type=file]').first().setInputFiles(file);
    await expect(page.getByRole('row', { name: reason }).first(), name).toBeVisible({ timeout: 60_000 });
    // One row of it is whole, so it is not refused.
    if (name !== 'quote.csv') await expect(page.getByRole('alert').first(), name).toBeVisible();
  }
  // The same app reads a sound file right after.
  const sound = path.join(home, 'sound.xlsx');
  writeFileSync(sound, book);
  const pid = world.pid;
  await page.locator('input[type=file]').first().setInputFiles(sound);
  await expect(page.getByRole('row', { name: /sound\.xlsx Excel workbook/ })).toBeVisible();
  await expect(button(page, copy.next)).toBeEnabled();
  expect(world.pid).toBe(pid);
});
