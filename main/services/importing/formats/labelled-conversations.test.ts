import { describe, expect, test } from 'vitest';
import { ImportFolder, pairsOf } from '../../../../tests/support/import-folder.ts';

const lines = (...text: string[]): string => `${text.join('\n')}\n`;

async function read(text: string, name = 'examples.txt') {
  await using folder = await ImportFolder.create();
  return await folder.importText(text, name);
}

describe('conversations', () => {
  const turns = (report: Awaited<ReturnType<typeof read>>) =>
    report.read.map(({ messages }) => messages.map(({ role, content }) => `${role[0]}:${content}`).join(' '));

  test('divided by rules, with system messages', async () => {
    const report = await read(
      lines(
        'System: Be kind.',
        'User: a',
        'Assistant: b',
        'User: c',
        'Assistant: d',
        '---',
        'User: e',
        'Assistant: f',
        '---',
        'User: g',
        'Assistant: h',
      ),
    );
    expect(turns(report)).toEqual(['s:Be kind. u:a a:b u:c a:d', 'u:e a:f', 'u:g a:h']);
    expect(report.files[0]?.turns).toBe('multi');
  });

  test('divided by empty lines', async () => {
    const report = await read(
      lines('User: a', 'Assistant: b', 'User: c', 'Assistant: d', '', 'User: e', 'Assistant: f'),
    );
    expect(turns(report)).toEqual(['u:a a:b u:c a:d', 'u:e a:f']);
  });

  test('each pair alone where an empty line follows every answer, unless told otherwise', async () => {
    const text = lines('User: a', 'Assistant: b', '', 'User: c', 'Assistant: d', '', 'User: e', 'Assistant: f');
    expect(turns(await read(text))).toEqual(['u:a a:b', 'u:c a:d', 'u:e a:f']);
    await using folder = await ImportFolder.create();
    const report = await folder.importText(text, 'chat.txt', { turns: 'multi' });
    expect(turns(report)).toEqual(['u:a a:b u:c a:d u:e a:f']);
  });

  test('a conversation that ends with a question is rejected by line', async () => {
    const report = await read(
      lines('User: a', 'Assistant: b', '---', 'User: c', 'Assistant: d', 'User: e', '---', 'User: f', 'Assistant: g'),
    );
    expect(report.rejected).toMatchObject([
      { line: 4, reason: expect.stringContaining('no answer after it') as string },
    ]);
    expect(turns(report)).toEqual(['u:a a:b', 'u:f a:g']);
  });

  test('### Instruction / Input / Response as Alpaca prints them', async () => {
    const intro = 'Below is an instruction that describes a task. Write a response.';
    const one = [intro, '', '### Instruction:', 'Translate', '', '### Input:', 'cat', '', '### Response:', 'chat', ''];
    const two = [intro, '', '### Instruction:', 'Sing', '', '### Response:', 'la', ''];
    expect(pairsOf((await read(lines(...one, ...two, ...one))).read)).toEqual([
      ['Translate\n\ncat', 'chat'],
      ['Sing', 'la'],
      ['Translate\n\ncat', 'chat'],
    ]);
  });
});

describe('context', () => {
  test('under its own label, before or after the question', async () => {
    const before = await read(
      lines('Context: Paris is big.', 'Question: Big?', 'Answer: Yes', '', 'Context: x', 'Question: y', 'Answer: z'),
    );
    expect(pairsOf(before.read)).toEqual([
      ['Paris is big.\n\nBig?', 'Yes'],
      ['x\n\ny', 'z'],
    ]);
    const after = ['### Instruction', 'a', '### Input', 'b', '### Response', 'c', ''];
    expect(pairsOf((await read(lines(...after, ...after))).read)[0]).toEqual(['a\n\nb', 'c']);
  });

  test('without a question is no example', async () => {
    const report = await read(
      lines(
        'Question: a',
        'Answer: b',
        '',
        'Context: c',
        'Answer: d',
        '',
        'Question: e',
        'Answer: f',
        '',
        'Question: g',
        'Answer: h',
      ),
    );
    expect(report.rejected).toMatchObject([
      { line: 4, reason: 'This answer ("Answer: d") has no question before it.' },
    ]);
    expect(report.examples).toBe(3);
  });
});
