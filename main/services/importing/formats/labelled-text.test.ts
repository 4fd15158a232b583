import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { ImportFolder, pair, pairsOf } from '../../../../tests/support/import-folder.ts';

const lines = (...text: string[]): string => `${text.join('\n')}\n`;

async function read(text: string, name = 'examples.txt') {
  await using folder = await ImportFolder.create();
  return await folder.importText(text, name);
}

describe('# INPUT / # OUTPUT', () => {
  test('keeps paragraphs, blank lines and indentation, and trims outer blank lines only', async () => {
    const report = await read(
      lines(
        '# INPUT',
        '',
        'Write a loop.',
        '',
        '  Indented second paragraph.',
        '',
        '# OUTPUT',
        '',
        '    loop i in 1..3',
        '',
        '        say i',
        '',
        '',
        '# INPUT',
        'Next',
        '# OUTPUT',
        'done',
      ),
    );
    expect(report.rejected).toEqual([]);
    expect(pairsOf(report.read)).toEqual([
      ['Write a loop.\n\n  Indented second paragraph.', '    loop i in 1..3\n\n        say i'],
      ['Next', 'done'],
    ]);
    expect(report.read.map(({ source }) => source?.line)).toEqual([1, 14]);
    expect(report.files[0]).toMatchObject({ format: 'labelled-text', encoding: 'utf-8', examples: 2, turns: 'single' });
  });

  test.each([
    ['#INPUT:', '#OUTPUT:'],
    ['# INPUT 12', '# OUTPUT 12'],
    ['## INPUT #3', '## OUTPUT #3'],
    ['# 3. INPUT', '# 3. OUTPUT'],
    ['# INPUT (3/196)', '# OUTPUT (3/196)'],
    ['#  INPUT  ', '#  OUTPUT  '],
    ['# Input', '# Output'],
    ['# input:', '# output:'],
    ['### INPUT ###', '### OUTPUT ###'],
    ['# INPUT_3', '# OUTPUT_3'],
    ['# **INPUT**', '# **OUTPUT**'],
    ['# Example 3 INPUT', '# Example 3 OUTPUT'],
    ['### Instruction:', '### Response:'],
    ['## Question 1', '## Answer 1'],
    ['# PROMPT', '# COMPLETION'],
  ])('reads %s and %s', async (input, output) => {
    const report = await read(lines(input, 'a', '', output, 'b', '', input, 'c', '', output, 'd'));
    expect(pairsOf(report.read)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(report.rejected).toEqual([]);
  });

  test('reads variants of the labels mixed in one file', async () => {
    const variants = ['# INPUT', '#INPUT:', '# Input', '## INPUT 4', '# INPUT (5)', '#  input :', '# INPUT'];
    const text = variants.map((label, index) =>
      lines(
        label,
        '',
        `question ${index}`,
        '',
        label.replace(/input/i, (word) => matchCase(word, 'output')),
        '',
        `answer ${index}`,
        '',
      ),
    );
    const report = await read(text.join(''));
    expect(pairsOf(report.read)).toEqual(variants.map((_, index) => [`question ${index}`, `answer ${index}`]));
    expect(report.rejected).toEqual([]);
  });

  test('comments in code are not labels', async () => {
    const code = [
      '# read the input',
      'x = read()',
      '# input: a number',
      '# output: its square',
      '  # OUTPUT the square',
      '# Output',
      'print(x * x)  # OUTPUT',
      '# Input',
      'done',
    ];
    const report = await read(
      lines(
        '# INPUT',
        '',
        'Square',
        '',
        '# OUTPUT',
        '',
        ...code,
        '',
        '# INPUT',
        '',
        'Again',
        '',
        '# OUTPUT',
        '',
        ...code,
      ),
    );
    expect(pairsOf(report.read)).toEqual([
      ['Square', code.join('\n')],
      ['Again', code.join('\n')],
    ]);
    expect(report.rejected).toEqual([]);
    expect(report.files[0]?.notes.join('\n')).toContain('Line 12, "# Output", was read as part of the text');
  });

  test('a doubtful label in the question gives way to the real one', async () => {
    const report = await read(
      lines(
        '# INPUT',
        'Fix this:',
        '# Output',
        'x',
        '# OUTPUT',
        'y',
        '# INPUT',
        'a',
        '# OUTPUT',
        'b',
        '# INPUT',
        'c',
        '# OUTPUT',
        'd',
      ),
    );
    expect(pairsOf(report.read)[0]).toEqual(['Fix this:\n# Output\nx', 'y']);
    expect(report.examples).toBe(3);
  });

  test('names questions without answers and answers without questions by line', async () => {
    const report = await read(
      lines(
        ...['# INPUT', '', 'a', '', '# OUTPUT', '', 'b', ''],
        ...['# INPUT', '', 'lonely', ''],
        ...['# INPUT', '', 'c', '', '# OUTPUT', '', 'd', ''],
        ...['# OUTPUT', '', 'orphan', ''],
        ...['# INPUT', '', 'e', '', '# OUTPUT', '', 'f', ''],
        ...['# INPUT', '', '# OUTPUT', '', 'g', ''],
        ...['# INPUT', '', 'h', '', '# OUTPUT', ''],
        ...['# INPUT', '', 'i', '', '# OUTPUT', '', 'j', ''].flatMap((line) => line),
        ...['# INPUT', '', 'k', '', '# OUTPUT', '', 'l', ''],
        ...['# INPUT', '', 'm', '', '# OUTPUT', '', 'n', ''],
        ...['# INPUT', '', 'o', '', '# OUTPUT', '', 'p', ''],
        ...['# INPUT', '', 'last'],
      ),
    );
    expect(report.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [9, 'This question ("# INPUT") has no answer after it.'],
      [21, 'This answer ("# OUTPUT") has no question before it.'],
      [33, 'The question is empty.'],
      [39, 'The answer is empty.'],
      [77, 'This question ("# INPUT") has no answer after it.'],
    ]);
    expect(pairsOf(report.read).map(([question]) => question)).toEqual(['a', 'c', 'e', 'i', 'k', 'm', 'o']);
  });

  test('leaves out rules between examples, and keeps them inside', async () => {
    const report = await read(
      lines(
        '# INPUT',
        'a',
        '# OUTPUT',
        'b',
        '---',
        'c',
        '',
        '-----',
        '# INPUT',
        'd',
        '# OUTPUT',
        'e',
        '-----',
        '',
        '# INPUT',
        'f',
        '# OUTPUT',
        'g',
      ),
    );
    expect(pairsOf(report.read)).toEqual([
      ['a', 'b\n---\nc'],
      ['d', 'e'],
      ['f', 'g'],
    ]);
  });

  test('says what it did with text before the first label', async () => {
    const report = await read(lines('My examples', '', '# INPUT', 'a', '# OUTPUT', 'b'));
    expect(report.files[0]?.notes).toEqual(['The text before the first label (line 1) was not used.']);
    expect(report.examples).toBe(1);
  });

  test('Windows and old Macintosh line ends', async () => {
    for (const end of ['\r\n', '\r']) {
      const report = await read(lines('# INPUT', 'a', '', 'b', '# OUTPUT', '  c', 'd').replaceAll('\n', end));
      expect(pairsOf(report.read)).toEqual([['a\n\nb', '  c\nd']]);
    }
  });

  test('whatever stands in the paragraphs comes back (round trip)', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        '  ',
        '    return x',
        '# a comment',
        '## INPUT is read here',
        '- item',
        '```',
        'x = 1  # OUTPUT',
        '\tTab',
      ),
      fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n\u0000]/g, ' ')),
    );
    const body = fc
      .array(line, { minLength: 1, maxLength: 8 })
      .map((rows) => trimBlank(rows).join('\n'))
      .filter(
        (text) => text.trim() !== '' && !/^\s*#.*(?:input|output)/im.test(text.replace('## INPUT is read here', '')),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(body, body), { minLength: 3, maxLength: 8 }), async (pairs) => {
        const report = await read(pairs.map(([q, a]) => `# INPUT\n\n${q}\n\n# OUTPUT\n\n${a}\n\n`).join(''));
        expect(report.read.map(({ messages }) => messages)).toEqual(pairs.map(([q, a]) => pair(q, a)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('labels with a colon', () => {
  test('Q: and A: with text beside and below them', async () => {
    const report = await read(lines('Q: What is it?', 'More.', 'A: This', '   indented', '', 'Q: And?', 'A:', '', 'b'));
    expect(pairsOf(report.read)).toEqual([
      ['What is it?\nMore.', 'This\n   indented'],
      ['And?', 'b'],
    ]);
  });

  test.each([
    ['Q1:', 'A1:'],
    ['Question:', 'Answer:'],
    ['**Q:**', '**A:**'],
    ['1. Q:', '1. A:'],
    ['Input:', 'Output:'],
    ['Frage:', 'Antwort:'],
  ])('reads %s and %s', async (question, answer) => {
    const report = await read(lines(`${question} a`, `${answer} b`, '', `${question} c`, `${answer} d`));
    expect(pairsOf(report.read)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('small letters with a colon in code are not labels', async () => {
    const report = await read(lines('Q: x', 'A: {', 'a: 1', 'q: 2', '}', 'Q: y', 'A: z', 'Q: v', 'A: w'));
    expect(pairsOf(report.read)).toEqual([
      ['x', '{\na: 1\nq: 2\n}'],
      ['y', 'z'],
      ['v', 'w'],
    ]);
  });
});

test('long lines are searched for labels in time', async () => {
  const report = await read(
    lines(
      '# INPUT',
      'a',
      '# OUTPUT',
      'b',
      '# INPUT',
      '#'.padEnd(400_000, ' '),
      'a '.repeat(200_000),
      '# OUTPUT',
      '1. '.repeat(100_000),
      'b',
    ),
  );
  expect(report.examples).toBe(2);
});

function matchCase(like: string, word: string): string {
  if (like === like.toUpperCase()) return word.toUpperCase();
  return like[0] === like[0]?.toUpperCase() ? `${word[0]?.toUpperCase()}${word.slice(1)}` : word;
}

function trimBlank(rows: readonly string[]): readonly string[] {
  const first = rows.findIndex((row) => row.trim() !== '');
  const last = rows.findLastIndex((row) => row.trim() !== '');
  return first === -1 ? [] : rows.slice(first, last + 1);
}
