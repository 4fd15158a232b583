import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ImportFolder } from '../../../tests/support/import-folder.ts';
import { workbookBytes } from '../../../tests/support/tables.ts';
import { openReader, readFiles, type ReadOrder } from './reader.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({ prompt: `Question ${n}?`, completion: `Answer ${n}.` }),
  ).join('\n');

async function orderFor(folder: ImportFolder, name: string, content: string | Uint8Array): Promise<ReadOrder> {
  await mkdir(path.dirname(folder.outPath), { recursive: true });
  const paths = [await folder.write(name, content)];
  return { paths, outPath: folder.outPath, correction: {}, examine: true };
}

test('files are read in a process of its own: report, findings, reasons', async () => {
  await using folder = await ImportFolder.create();
  await using reader = openReader();
  const report = await readFiles(reader.client, await orderFor(folder, 'a.jsonl', `${lines(40)}\n${lines(1)}\n{"x":`));
  expect(reader.pid).not.toBe(process.pid);
  expect(report).toMatchObject({ examples: 41, rejectedCount: 1 });
  expect(report.findings.map(({ kind }) => kind)).toContain('duplicate');
  const bytes = await workbookBytes({ A: [['a']] });
  const empty = readFiles(reader.client, await orderFor(folder, 'b.xlsx', bytes));
  await expect(empty).rejects.toMatchObject({ code: 'data-empty', cause: { rejectedCount: 1 } });
});

test('a reader that dies over a file is an error in words, and the next file is read', async () => {
  await using folder = await ImportFolder.create();
  await using reader = openReader();
  const order = await orderFor(folder, 'big.jsonl', lines(200_000));
  const dying = readFiles(reader.client, {
    ...order,
    onProgress: () => reader.pid !== undefined && process.kill(reader.pid, 'SIGKILL'),
  });
  await expect(dying).rejects.toMatchObject({ code: 'data-unusable', message: expect.stringContaining('big.jsonl') });
  await writeFile(order.paths[0] ?? '', lines(40));
  expect((await readFiles(reader.client, order)).examples).toBe(40);
});

test('cancelling ends the reading and leaves nothing behind', async () => {
  await using folder = await ImportFolder.create();
  await using reader = openReader();
  const ending = new AbortController();
  const order = await orderFor(folder, 'big.jsonl', lines(200_000));
  const reading = readFiles(reader.client, { ...order, signal: ending.signal, onProgress: () => ending.abort() });
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
});
