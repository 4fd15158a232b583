import { describe, expect, test } from 'vitest';
import { ImportFolder, pairsOf } from '../../../../tests/support/import-folder.ts';

const page = `---
title: Questions
---

# Marlow: frequent questions

Some words before.

## How do I end a loop?

Write \`end\`:

\`\`\`marlow
~ each x in y
    row: {x}

# What is this? Not a heading: a comment in code
~ end
\`\`\`

### Details

- one
    - two

## What is a *filter*?

A filter changes a value.

## Contact

Write to us.

## Can I nest lists?

Q4: Where does it run?
----------------------

Everywhere.
`;

describe('Markdown with questions as headings', () => {
  test('a heading that asks and the text below it, kept letter for letter', async () => {
    await using folder = await ImportFolder.create();
    const report = await folder.importText(page, 'faq.md');
    expect(report.files[0]?.format).toBe('markdown');
    expect(pairsOf(report.read)).toEqual([
      [
        'How do I end a loop?',
        'Write `end`:\n\n```marlow\n~ each x in y\n    row: {x}\n\n# What is this? Not a heading: a comment in code\n~ end\n```\n\n### Details\n\n- one\n    - two',
      ],
      ['What is a *filter*?', 'A filter changes a value.'],
      ['Q4: Where does it run?', 'Everywhere.'],
    ]);
    expect(report.read.map(({ source }) => source?.line)).toEqual([9, 26, 36]);
    expect(report.rejected).toEqual([
      { file: expect.any(String), line: 34, reason: 'The question “Can I nest lists?” has no answer under it.' },
    ]);
    expect(report.files[0]?.notes).toEqual([
      'The texts under 2 headings were left out, because the headings ask nothing.',
    ]);
  });

  test('an ordinary document is not taken for questions and answers; as asked for, each heading is one', async () => {
    await using folder = await ImportFolder.create();
    const text = '# Guide\n\nIntro.\n\n## Install\n\nRun it.\n\n## Use\n\nPress it.\n\n## Why?\n\nBecause.\n';
    await expect(folder.importText(text, 'guide.md')).rejects.toThrow('No examples were recognised');
    const bare = '# Loop\n\nWrite end.\n\n# Filter\n\nPut a bar.\n';
    const report = await folder.importText(bare, 'list.md', { format: 'markdown' });
    expect(pairsOf(report.read)).toEqual([
      ['Loop', 'Write end.'],
      ['Filter', 'Put a bar.'],
    ]);
  });

  test('# INPUT and # OUTPUT are labels, whatever the name of the file', async () => {
    await using folder = await ImportFolder.create();
    const text = '# INPUT\nHow?\n# OUTPUT\nSo.\n# INPUT\nWhy?\n# OUTPUT\nBecause.\n';
    const report = await folder.importText(text, 'pairs.md');
    expect(report.files[0]?.format).toBe('labelled-text');
    expect(report.examples).toBe(2);
  });
});
