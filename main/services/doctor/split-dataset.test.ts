import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Example } from '#common/domain/example.ts';
import { leakage } from './leakage.ts';
import { splitDataset, type SplitOptions } from './split-dataset.ts';
import { ImportFolder, pair, readExamples } from '../../../tests/support/import-folder.ts';

async function withSplit<T>(
  rows: readonly Example[],
  options: Partial<SplitOptions>,
  use: (split: Awaited<ReturnType<typeof splitDataset>>, folder: string) => Promise<T>,
): Promise<T> {
  await using folder = await ImportFolder.create();
  const file = path.join(folder.path, 'data.jsonl');
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return await use(await splitDataset(file, { heldOut: 0.1, seed: 1, ...options }), folder.path);
}

const words = (count: number, seed: number): string =>
  Array.from({ length: count }, (_, index) => `w${(seed * 7919 + index * 104_729 + seed * index) % 50_021}`).join(' ');

const plain = (count: number): readonly Example[] =>
  Array.from({ length: count }, (_, index) => ({
    messages: pair(`question ${words(5, index + 1)}`, words(3 + (index % 40), index + 7)),
  }));

describe('splitDataset', () => {
  test('holds out the wanted share, loses nothing, keeps the order', async () => {
    const rows = plain(200);
    await withSplit(rows, {}, async (split, folder) => {
      expect(split).toMatchObject({ trainExamples: 180, heldOutExamples: 20 });
      const train = await readExamples(split.trainPath);
      const held = await readExamples(split.heldOutPath ?? '');
      const merged = rows
        .map((_, index) => (split.heldOutRows.includes(index + 1) ? held : train))
        .map((side) => (side as Example[]).shift());
      expect(merged).toEqual(rows);
      expect(split.trainSha256).toBe(
        createHash('sha256')
          .update(await readFile(split.trainPath))
          .digest('hex'),
      );
      expect((await readdir(folder)).toSorted()).toEqual(['data.held-out.jsonl', 'data.jsonl', 'data.train.jsonl']);
    });
  });

  test('the same seed gives the same split, another another', async () => {
    const rows = plain(100);
    const held = (seed: number) => withSplit(rows, { seed }, (split) => Promise.resolve(split.heldOutRows));
    const [first, again, other] = [await held(7), await held(7), await held(8)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });

  test('none is held out of fewer than 32, or when none is wanted', async () => {
    await withSplit(plain(31), { heldOut: 0.5 }, async (split, folder) => {
      expect(split).toMatchObject({ heldOutPath: null, trainPath: path.join(folder, 'data.jsonl'), trainExamples: 31 });
      expect(split.reason).toContain('fewer than 32');
    });
    await withSplit(plain(32), {}, (split) => Promise.resolve(expect(split.heldOutExamples).toBe(3)));
    await withSplit(plain(100), { heldOut: 0 }, (split) => Promise.resolve(expect(split.heldOutPath).toBeNull()));
  });

  test('maxHeldOut', async () => {
    await withSplit(plain(300), { heldOut: 0.5, maxHeldOut: 30 }, (split) =>
      Promise.resolve(expect(split.heldOutExamples).toBe(30)),
    );
  });

  test('never parts what belongs together: no leakage whatever the data', async () => {
    const group = fc.record({
      seed: fc.nat(1000),
      size: fc.integer({ min: 1, max: 6 }),
      how: fc.constantFrom('same', 'near', 'question'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(group, { minLength: 12, maxLength: 40 }), fc.nat(), async (groups, seed) => {
        const rows = groups.flatMap(({ seed: topic, size, how }) =>
          Array.from({ length: size }, (_, index): Example => {
            const question = how === 'near' && index % 2 === 1 ? `${words(60, topic)} extra` : words(60, topic);
            return { messages: pair(question, how === 'question' ? words(40, topic + index) : words(4, topic)) };
          }),
        );
        await withSplit(rows, { seed, heldOut: 0.2 }, async (split) => {
          expect(split.trainExamples + split.heldOutExamples).toBe(rows.length);
          expect(split.heldOutExamples).toBeLessThanOrEqual(Math.round(rows.length * 0.2));
          if (split.heldOutPath !== null) expect(await leakage(split.trainPath, split.heldOutPath)).toEqual([]);
        });
      }),
      { numRuns: 25 },
    );
  });

  test('takes from every file and of every length', async () => {
    const rows = plain(400).map((row, index): Example => {
      const long =
        index % 4 === 0 ? `${row.messages[1]?.content} ${words(500, index)}` : (row.messages[1]?.content ?? '');
      return {
        messages: pair(row.messages[0]?.content ?? '', long),
        source: { file: index < 100 ? 'a' : 'b', line: index + 1 },
      };
    });
    await withSplit(rows, {}, async (split) => {
      const held = await readExamples(split.heldOutPath ?? '');
      expect(held.filter(({ source }) => source?.file === 'a').length).toBeGreaterThanOrEqual(9);
      expect(held.filter(({ source }) => source?.file === 'a').length).toBeLessThanOrEqual(11);
      const long = held.filter(({ messages }) => (messages[1]?.content.length ?? 0) > 1000).length;
      expect(long).toBeGreaterThanOrEqual(8);
      expect(long).toBeLessThanOrEqual(12);
    });
  });

  test('one big group of the same cannot be held out', async () => {
    const rows = Array.from({ length: 50 }, () => ({ messages: pair('same', 'thing') }));
    await withSplit(rows, {}, (split) =>
      Promise.resolve(
        expect(split).toMatchObject({ heldOutPath: null, reason: expect.stringContaining('alike') as string }),
      ),
    );
  });

  test('writes where it is told', async () => {
    await using folder = await ImportFolder.create();
    const file = path.join(folder.path, 'data.jsonl');
    await mkdir(path.join(folder.path, 'run'));
    await writeFile(
      file,
      plain(64)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    const [trainPath, heldOutPath] = ['train.jsonl', 'held-out.jsonl'].map((name) =>
      path.join(folder.path, 'run', name),
    );
    const split = await splitDataset(file, { heldOut: 0.25, seed: 3, trainPath, heldOutPath });
    expect(split).toMatchObject({ trainPath, heldOutPath, heldOutExamples: 16 });
  });

  test('cancelling leaves nothing behind', async () => {
    await using folder = await ImportFolder.create();
    const file = path.join(folder.path, 'data.jsonl');
    await writeFile(
      file,
      plain(64)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    await expect(splitDataset(file, { heldOut: 0.1, seed: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readdir(folder.path)).toEqual(['data.jsonl']);
  });
});

describe('leakage', () => {
  test('names the held-out rows that training has seen', async () => {
    await using folder = await ImportFolder.create();
    const write = (name: string, rows: readonly Example[]) =>
      folder.write(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const long = words(80, 5);
    const train = await write('train.jsonl', [
      { messages: pair('a?', 'b') },
      { messages: pair(long, 'x') },
      { messages: pair('c?', 'd') },
    ]);
    const held = await write('held.jsonl', [
      { messages: pair('new?', 'n') },
      { messages: pair(`${long} now`, 'x') },
      { messages: pair('A', 'other') },
    ]);
    const findings = await leakage(train, held);
    expect(findings).toMatchObject([{ kind: 'leakage', rows: [2, 3] }]);
    expect(findings[0]?.message).toContain('learned rows 1 and 2');
    expect(await leakage(train, await write('fine.jsonl', [{ messages: pair('quite', 'new') }]))).toEqual([]);
  });

  test('a missing or damaged data set is an error that names it', async () => {
    await using folder = await ImportFolder.create();
    const good = await folder.write('good.jsonl', `${JSON.stringify({ messages: pair('a', 'b') })}\n`);
    await expect(leakage(good, path.join(folder.path, 'no.jsonl'))).rejects.toMatchObject({ code: 'file-not-found' });
    const bad = await folder.write('bad.jsonl', '{"messages": []}\n');
    await expect(leakage(good, bad)).rejects.toMatchObject({
      code: 'file-corrupt',
      message: expect.stringContaining('Line 1') as string,
    });
  });
});
