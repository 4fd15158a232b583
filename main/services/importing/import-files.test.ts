import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, readdir, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { importFiles } from './import-files.ts';
import type { ImportProgress } from './report.ts';
import { ImportFolder, pairsOf } from '../../../tests/support/import-folder.ts';

const one = '{"prompt": "q", "completion": "a"}\n';
const files = async (folder: string): Promise<readonly string[]> => (await readdir(folder)).toSorted();

describe('a folder', () => {
  test('is read with all below it, hidden files and links back to itself skipped', async () => {
    await using folder = await ImportFolder.create();
    await folder.write('b.jsonl', one);
    await folder.write('a/deep/x.txt', 'Q: question\nA: answer\n');
    await folder.write('.hidden/x.jsonl', one);
    await folder.write('.DS_Store', 'x');
    await folder.write('table.csv', 'question,answer\nc,d\n');
    await symlink('..', path.join(folder.path, 'a', 'loop'));
    await symlink('self', path.join(folder.path, 'self'));
    await symlink('b.jsonl', path.join(folder.path, 'c.jsonl'));
    const report = await folder.import();
    expect(pairsOf(report.read)).toEqual([
      ['question', 'answer'],
      ['q', 'a'],
      ['c', 'd'],
    ]);
    expect(report.files.map(({ file, format }) => [path.relative(folder.path, file), format])).toEqual([
      [path.join('a', 'deep', 'x.txt'), 'labelled-text'],
      ['b.jsonl', 'json-lines'],
      ['table.csv', 'delimited'],
    ]);
    expect(report.rejected).toMatchObject([{ line: null, reason: 'This link leads back to itself.' }]);
  });

  test('of paired files', async () => {
    await using folder = await ImportFolder.create();
    await folder.write('x.prompt.txt', '\n  Write it.\n\nTwice.\n');
    await folder.write('x.answer.txt', '\n\n    indented\n\n  end\n\n');
    await folder.write('y_input.md', 'in');
    await folder.write('y_output.md', 'out');
    await folder.write('lonely.prompt.txt', 'q');
    const report = await folder.import();
    expect(pairsOf(report.read)).toEqual([
      ['  Write it.\n\nTwice.', '    indented\n\n  end'],
      ['in', 'out'],
    ]);
    expect(report.files.map(({ format }) => format)).toEqual(['paired-files', 'paired-files']);
    expect(report.rejected).toMatchObject([{ reason: 'There is no file with the answer beside this one.' }]);
  });

  test('without readable files says what was tried', async () => {
    await using folder = await ImportFolder.create();
    await folder.write('logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47]));
    await folder.write('notes.txt', 'Just some prose.\n');
    const error: unknown = await folder.import().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'data-empty',
      message: expect.stringMatching(
        /logo\.png: The file is a picture[^]*notes\.txt: No examples were recognised/,
      ) as string,
      cause: { rejectedCount: 2, files: [{ format: null }, { format: null }] },
    });
    await mkdir(path.join(folder.path, 'empty'));
    await expect(folder.import(path.join(folder.path, 'empty'))).rejects.toMatchObject({ code: 'data-empty' });
  });
});

describe('the data set', () => {
  test('is one example a line with its source, and its hash is that of its bytes', async () => {
    await using folder = await ImportFolder.create();
    const file = await folder.write('a.jsonl', `${one}\n{"prompt": "x", "completion": "ü\\n y"}\n`);
    const report = await folder.import(file);
    const bytes = await readFile(report.datasetPath);
    expect(report.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(report.bytes).toBe(bytes.length);
    expect(report.read).toEqual([
      {
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: 'a' },
        ],
        source: { file, line: 1, row: 1 },
      },
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: 'ü\n y' },
        ],
        source: { file, line: 3, row: 2 },
      },
    ]);
  });

  test('is left as it was, with nothing beside it, when an import fails or is cancelled', async () => {
    await using folder = await ImportFolder.create();
    await folder.import(await folder.write('a.jsonl', one));
    const before = await readFile(folder.outPath);
    await expect(folder.import(await folder.write('bad.txt', 'nothing\n'))).rejects.toMatchObject({
      code: 'data-empty',
    });
    const aborter = new AbortController();
    const large = await folder.write('large.jsonl', one.repeat(20_000));
    const onProgress = ({ completedBytes }: ImportProgress): void => {
      if (completedBytes > 100_000) aborter.abort();
    };
    await expect(folder.import(large, { signal: aborter.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readFile(folder.outPath)).toEqual(before);
    expect(await files(path.dirname(folder.outPath))).toEqual(['dataset.jsonl']);
  });

  test('progress ends at the total', async () => {
    await using folder = await ImportFolder.create();
    const seen: ImportProgress[] = [];
    await folder.import([await folder.write('a.jsonl', one.repeat(5000)), await folder.write('b.jsonl', one)], {
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.at(-1)).toMatchObject({
      examples: 5001,
      completedBytes: one.length * 5001,
      totalBytes: one.length * 5001,
    });
    expect(seen.every((progress, at) => progress.completedBytes >= (seen[at - 1]?.completedBytes ?? 0))).toBe(true);
  });

  test('a file can be corrected on its own', async () => {
    await using folder = await ImportFolder.create();
    const a = await folder.write('a.csv', 'x,y\nred,blue\n');
    const b = await folder.write('b.jsonl', one);
    const columns = { question: 'y', answer: 'x' };
    const report = await folder.import([a, b], { perFile: new Map([[a, { header: true, columns }]]) });
    expect(pairsOf(report.read)).toEqual([
      ['blue', 'red'],
      ['q', 'a'],
    ]);
  });
});

describe('bad paths', () => {
  test('a missing file is an error at once', async () => {
    await using folder = await ImportFolder.create();
    await expect(folder.import(path.join(folder.path, 'no.jsonl'))).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('no.jsonl does not exist') as string,
    });
  });

  test('a folder that cannot be written to', async () => {
    await using folder = await ImportFolder.create();
    const file = await folder.write('a.jsonl', one);
    await expect(
      importFiles([file], { outPath: path.join(folder.path, 'no', 'such', 'out.jsonl') }),
    ).rejects.toMatchObject({
      code: 'file-not-writable',
    });
  });

  test('a full disk', async ({ skip }) => {
    await using folder = await ImportFolder.create();
    const file = await folder.write('a.jsonl', one.repeat(50_000));
    const disk = path.join(folder.path, 'disk');
    await mkdir(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { encoding: 'utf8' });
    if (mount.status !== 0) skip('not run: no small disk can be mounted here');
    try {
      await expect(importFiles([file], { outPath: path.join(disk, 'out.jsonl') })).rejects.toMatchObject({
        code: 'disk-full',
      });
      expect(await files(disk)).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  test('files one may not read are listed, and the others imported', async ({ skip }) => {
    if (process.platform === 'win32') skip('not run: Windows has no modes of files');
    await using folder = await ImportFolder.create();
    await folder.write('a.jsonl', one);
    const secret = await folder.write('b.jsonl', one);
    const script = `
      import { importFiles } from ${JSON.stringify(path.resolve('main/services/importing/import-files.ts'))};
      const report = await importFiles([${JSON.stringify(folder.path)}], { outPath: ${JSON.stringify(path.join(folder.path, 'out.jsonl'))} });
      console.log(JSON.stringify([report.examples, report.rejected.map(({ file, reason }) => [file, reason])]));
    `;
    spawnSync('chmod', ['000', secret]);
    spawnSync('chmod', ['777', folder.path]);
    // root may read everything: another user must try.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', ...user });
    if (run.status !== 0 && /EACCES|permission/i.test(run.stderr))
      skip(`not run: another user cannot start Node here: ${run.stderr.slice(0, 200)}`);
    expect(JSON.parse(run.stdout)).toEqual([1, [[secret, 'You have no permission to read this.']]]);
  });
});

describe('large files', () => {
  test('100,000 rows', async () => {
    await using folder = await ImportFolder.create();
    const file = path.join(folder.path, 'large.jsonl');
    const stream = createWriteStream(file);
    for (let row = 0; row < 100_000; row += 1) {
      stream.write(
        `${JSON.stringify({ prompt: `What is number ${row} of the list?`, completion: `It is ${row * 7919}.` })}\n`,
      );
    }
    stream.end();
    await finished(stream);
    const report = await folder.import(file, { examine: false });
    expect(report.examples).toBe(100_000);
    expect(report.read.at(-1)?.source?.line).toBe(100_000);
  });

  test.skipIf(process.env['TUNESMITH_SLOW_TESTS'] === undefined)(
    '300 MB in bounded memory (set TUNESMITH_SLOW_TESTS to run)',
    async () => {
      await using folder = await ImportFolder.create();
      for (const [name, content] of Object.entries(largeFiles)) {
        const file = path.join(folder.path, name);
        const stream = createWriteStream(file);
        for (const piece of content()) if (!stream.write(piece)) await once(stream, 'drain');
        stream.end();
        await finished(stream);
        expect((await stat(file)).size).toBeGreaterThan(300e6);
        const run = spawnSync(
          process.execPath,
          ['--max-old-space-size=200', 'tests/support/import-memory.ts', file, folder.path],
          { encoding: 'utf8' },
        );
        expect(run.stderr).toBe('');
        const { peakBytes, outcome } = JSON.parse(run.stdout) as { peakBytes: number; outcome: string };
        process.stdout.write(`${name}: ${outcome}, peak ${Math.round(peakBytes / 1e6)} MB\n`);
        expect(peakBytes).toBeLessThan(400e6);
      }
    },
    600_000,
  );
});

function* repeat(text: string, bytes: number, start = '', end = ''): Generator<string> {
  yield start;
  const block = text.repeat(Math.ceil(1e6 / text.length));
  for (let written = 0; written < bytes; written += block.length) yield block;
  yield end;
}

const longText = 'x'.repeat(2000);
const largeFiles = {
  'rows.jsonl': () => repeat(`{"prompt": "${longText}", "completion": "${longText}"}\n`, 301e6),
  'one-line.json': () => repeat(`{"prompt": "${longText}", "completion": "${longText}"},`, 301e6, '[', 'null]'),
  'unclosed.json': () => repeat(`{"prompt": "${longText}"\n`, 301e6, '['),
  'one-line.txt': () => repeat(longText, 301e6),
  'table.csv': () => repeat(`${longText},${longText}\n`, 301e6, 'question,answer\n'),
  'unclosed.csv': () => repeat(`${longText},${longText}\n`, 301e6, 'question,answer\n"'),
  'labels.txt': () => repeat(`# INPUT\n${longText}\n# OUTPUT\n${longText}\n`, 301e6),
} as const;
