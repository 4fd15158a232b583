import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ImportFolder, pairsOf } from '../../../tests/support/import-folder.ts';

const fixture = 'tests/fixtures/reference-style.txt';

test('none of the 196 examples in the reference style is lost, and none is changed', async () => {
  await using folder = await ImportFolder.create();
  const report = await folder.import(fixture);
  expect(report.rejected).toEqual([]);
  expect(report.examples).toBe(196);
  // The plain reading of the file: every label stands alone on its line, exactly as here.
  const parts = (await readFile(fixture, 'utf8')).split(/^# (?:INPUT|OUTPUT)\n/m).slice(1);
  const expected = parts.map((part) => part.replace(/^\n+|\n+$/g, ''));
  expect(pairsOf(report.read).flat()).toEqual(expected);
});

test('its examples and their lines are the same with Windows line ends, in UTF-16, and under other spellings', async () => {
  await using folder = await ImportFolder.create();
  const text = await readFile(fixture, 'utf8');
  const plain = (await folder.importText(text, 'plain.txt')).read;
  const variants = {
    'windows.txt': Buffer.from(text.replaceAll('\n', '\r\n')),
    'utf16.txt': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'tight.txt': Buffer.from(text.replace(/^# (INPUT|OUTPUT)$/gm, '#$1:')),
    'title.txt': Buffer.from(text.replace(/^# INPUT$/gm, '## Input').replace(/^# OUTPUT$/gm, '## Output')),
    'numbered.txt': Buffer.from(numbered(text)),
  };
  for (const [name, bytes] of Object.entries(variants)) {
    const report = await folder.importText(bytes, name);
    expect(report.rejected, name).toEqual([]);
    expect(pairsOf(report.read), name).toEqual(pairsOf(plain));
    expect(
      report.read.map(({ source }) => source?.line),
      name,
    ).toEqual(plain.map(({ source }) => source?.line));
  }
});

function numbered(text: string): string {
  let count = 0;
  return text.replace(/^# (INPUT|OUTPUT)$/gm, (_, word: string) => `# ${word} ${(count += word === 'INPUT' ? 1 : 0)}`);
}
