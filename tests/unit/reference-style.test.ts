import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Example } from '#common/domain/example.ts';
import { importFiles } from '#main/services/importing/import-files.ts';
import { referenceStyle, referenceStyleCount, referenceStyleFile } from '../../scripts/make-reference-style.ts';

const written = readFileSync(referenceStyleFile, 'utf8');

test('the committed file is what its script writes', () => {
  expect(written).toBe(referenceStyle());
});

test('it holds tabs, trailing spaces, blank lines and # lines inside answers', () => {
  expect(written).toContain('\n\t\trows');
  expect(written).toMatch(/ {2,}\n/);
  expect(written).toMatch(/\n# INPUT is a colour name/);
});

test('importing it loses no example and no character of an answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tunesmith-reference-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const outPath = join(folder, 'out.jsonl');
  const report = await importFiles([referenceStyleFile], { outPath });

  expect(report.rejected).toEqual([]);
  expect(report.examples).toBe(referenceStyleCount);
  const examples = readFileSync(outPath, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Example).messages.map(({ content }) => content));
  // The plainest reading there is: whole lines that are exactly a label.
  const expected = written
    .split(/^# INPUT\n/m)
    .slice(1)
    .map((block) => block.split(/\n+# OUTPUT\n/).map((text) => text.replace(/\n+$/, '')));
  expect(examples).toEqual(expected);
  expect(new Set(examples.map(([question]) => question)).size).toBeGreaterThan(180);
});
