import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { ImportOptions } from '../report.ts';
import { ImportFolder, pair, pairsOf } from '../../../../tests/support/import-folder.ts';

async function read(text: string, name = 'data.jsonl', options: Partial<ImportOptions> = {}) {
  await using folder = await ImportFolder.create();
  return await folder.importText(text, name, options);
}

const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const reasons = (report: Awaited<ReturnType<typeof read>>) => report.rejected.map(({ line, reason }) => [line, reason]);

const user = { role: 'user', content: 'hi' };
const assistant = { role: 'assistant', content: 'hello' };

describe('layouts of records', () => {
  test('OpenAI messages, with a system message, parts of text and more than one turn', async () => {
    const report = await read(
      jsonl(
        { messages: [{ role: 'system', content: 'Be kind' }, user, assistant, user, assistant] },
        {
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'a' },
                { type: 'text', text: 'b' },
              ],
            },
            assistant,
          ],
        },
        { messages: [{ role: 'developer', content: 'x' }, user, assistant], tools: [] },
      ),
    );
    expect(report.rejected).toEqual([]);
    expect(report.read.map(({ messages }) => messages.map(({ role }) => role).join(' '))).toEqual([
      'system user assistant user assistant',
      'user assistant',
      'system user assistant',
    ]);
    expect(report.read[1]?.messages[0]?.content).toBe('ab');
    expect(report.files[0]).toMatchObject({
      format: 'json-lines',
      description: expect.stringContaining('OpenAI') as string,
    });
  });

  test('what cannot be taught is rejected with its line and reason', async () => {
    const report = await read(
      jsonl(
        { messages: [user, assistant] },
        { messages: [user, { role: 'assistant', content: null, tool_calls: [{ id: 1 }] }] },
        { messages: [user, assistant, { role: 'tool', content: '42' }, assistant] },
        { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }, assistant] },
        { messages: [{ role: 'narrator', content: 'once' }, user, assistant] },
        { messages: [user, { ...assistant, weight: 0 }] },
        { messages: [user, assistant], tools: [{ type: 'function' }] },
        { messages: [assistant, user, assistant] },
        { messages: [user, user, assistant] },
        { messages: [user, assistant, user] },
        { messages: [user, { role: 'system', content: 'x' }, assistant] },
        { messages: [user, { role: 'assistant', content: ' \n' }] },
        { messages: [{ role: 'user', content: '' }, assistant] },
        { messages: [] },
        { messages: [user, { role: 'assistant', content: 'a\u0000b' }] },
        { messages: [user, { role: 'assistant' }] },
        { other: 1 },
        ['a', 'b'],
        7,
        { messages: [user, { role: 'assistant', content: 'half \ud83d' }] },
      ),
    );
    expect(report.examples).toBe(1);
    expect(reasons(report)).toEqual([
      [2, 'Message 2 calls a tool. Tool calls cannot be taught yet.'],
      [3, 'Message 3 is the result of a tool ("tool"). Tool calls cannot be taught yet.'],
      [4, 'Message 1 holds something that is not text (image_url). Pictures, sounds and files cannot be taught.'],
      [5, 'Message 1 is said by "narrator". Only system, user and assistant can be taught.'],
      [
        6,
        'Message 2 has weight 0 (an answer that shall not be learned). Tunesmith learns every answer of a conversation.',
      ],
      [7, 'This conversation offers tools to the model. Tool calls cannot be taught yet.'],
      [8, 'The conversation begins with an answer that nobody asked for.'],
      [9, 'Two questions follow each other without an answer between them.'],
      [10, 'The last question has no answer.'],
      [11, 'A system message stands in the middle of the conversation.'],
      [12, 'The answer is empty.'],
      [13, 'The question is empty.'],
      [14, 'The conversation has no messages.'],
      [15, 'The text holds a zero character, which is not text.'],
      [16, 'Message 2 (assistant) has no text.'],
      [17, "None of this row's fields is known as a question or an answer: other."],
      [18, 'This row is a list, not an example with named fields.'],
      [19, 'This row is a number, not an example with named fields.'],
      [20, 'The text holds half of a character (a damaged emoji, perhaps).'],
    ]);
  });

  test.each([
    ['prompt/completion', { prompt: 'q', completion: 'a' }, ['q', 'a']],
    ['prompt/completion as messages', { prompt: [user], completion: [assistant] }, ['hi', 'hello']],
    ['Alpaca', { instruction: 'Translate', input: 'cat', output: 'chat' }, ['Translate\n\ncat', 'chat']],
    ['Alpaca without input', { instruction: 'Sing', input: '', output: 'la' }, ['Sing', 'la']],
    [
      'Alpaca with history',
      { instruction: 'b', output: 'B', system: 's', history: [['a', 'A']] },
      ['s', 'a', 'A', 'b', 'B'],
    ],
    [
      'ShareGPT',
      {
        conversations: [
          { from: 'system', value: 's' },
          { from: 'human', value: 'q' },
          { from: 'gpt', value: 'a' },
        ],
      },
      ['s', 'q', 'a'],
    ],
    [
      'ShareGPT with system beside',
      {
        system: 's',
        conversations: [
          { from: 'human', value: 'q' },
          { from: 'gpt', value: 'a' },
        ],
      },
      ['s', 'q', 'a'],
    ],
    ['a bare list of messages', [user, assistant], ['hi', 'hello']],
    ['other names', { id: 7, Question: 'q?', 'Best Answer': 'a' }, ['q?', 'a']],
    ['camel case', { userQuery: 'q', modelResponse: 'a' }, ['q', 'a']],
    ['context', { question: 'q', context: 'c', answer: 42 }, ['q\n\nc', '42']],
    ['German', { frage: 'q', antwort: 'a' }, ['q', 'a']],
    ['system prompt', { system_prompt: 's', user: 'q', assistant: 'a' }, ['s', 'q', 'a']],
  ])('reads %s', async (_, row, texts) => {
    const report = await read(jsonl(row, row));
    expect(pairsOf(report.read)).toEqual([texts, texts]);
  });

  test('columns can be set by hand', async () => {
    const report = await read(jsonl({ a: 'one', b: 'two', c: 'three' }), 'x.jsonl', {
      columns: { question: 'c', answer: 'a', system: 'b' },
    });
    expect(pairsOf(report.read)).toEqual([['two', 'three', 'one']]);
  });

  test('several layouts in one file', async () => {
    const report = await read(jsonl({ prompt: 'q', completion: 'a' }, { messages: [user, assistant] }));
    expect(pairsOf(report.read)).toEqual([
      ['q', 'a'],
      ['hi', 'hello'],
    ]);
  });
});

describe('malformed lines', () => {
  const good = JSON.stringify({ prompt: 'q', completion: 'a' });

  test('cost only themselves, are explained, and a repair is offered but not done', async () => {
    const text = [
      good,
      '{"prompt": "q", "completion": "a"',
      '',
      good,
      "{'prompt': 'q', 'completion': 'a'}",
      '{"prompt": "q", completion": }',
      good,
      `${good},`,
    ];
    const report = await read(text.join('\n'));
    expect(report.examples).toBe(3);
    expect(report.rejected.map(({ line }) => line)).toEqual([2, 5, 6, 8]);
    expect(report.rejected[0]?.reason).toBe(
      'This is not valid JSON near column 34: a comma or a closing bracket is missing, or a quotation mark inside the text lacks its backslash.',
    );
    expect(report.rejected[0]?.hint).toBe(
      'With "repair" switched on it would be read as: {"prompt": "q", "completion": "a"}',
    );
    expect(report.rejected[1]?.reason).toContain('double quotes');
    expect(report.rejected.map(({ raw }) => raw)).toEqual([
      { text: text[1], at: text[1]!.length },
      { text: text[4], at: 1 },
      { text: text[5], at: text[5]!.indexOf('completion') },
      { text: text[7], at: text[7]!.length - 1 },
    ]);
  });

  test('a token that was not expected is found by the text around it', async () => {
    const broken = '{"prompt": "How long is a rope of six metres?", "completion": }';
    const report = await read(`${good}\n${broken}\n`);
    expect(report.rejected[0]?.raw).toEqual({ text: broken, at: broken.length - 1 });
  });

  test('are repaired on request', async () => {
    const report = await read(
      `${good}\n{"prompt": "q", "completion": "a"\n{'prompt': 'q', 'completion': 'a'}\n`,
      'x.jsonl',
      {
        repair: true,
      },
    );
    expect(pairsOf(report.read)).toEqual([
      ['q', 'a'],
      ['q', 'a'],
      ['q', 'a'],
    ]);
  });

  test('a file of Python dictionaries is refused with the hint', async () => {
    await expect(
      read("{'prompt': 'q', 'completion': 'a'}\n{'prompt': 'q', 'completion': 'a'}\n"),
    ).rejects.toMatchObject({
      code: 'data-empty',
      advice: expect.stringContaining('repair') as string,
    });
  });

  test('too long a line is skipped without being held', async () => {
    const long = JSON.stringify({ prompt: 'x'.repeat(300_000), completion: 'a' });
    const report = await read(`${good}\n${long}\n${good}\n`, 'x.jsonl', { maxRowChars: 100_000 });
    expect(report.examples).toBe(2);
    expect(report.rejected).toMatchObject([{ line: 2 }]);
  });
});

describe('JSON documents', () => {
  const rows = [
    { prompt: 'q {1}', completion: 'a ]}"' },
    { prompt: 'q\n2', completion: 'b' },
  ];
  const texts = rows.map(({ prompt, completion }) => [prompt, completion]);

  test.each([
    ['a list on one line', JSON.stringify(rows)],
    ['a printed list', JSON.stringify(rows, null, 2)],
    ['printed values one after the other', rows.map((row) => JSON.stringify(row, null, 2)).join('\n')],
    ['values without any space between', rows.map((row) => JSON.stringify(row)).join('')],
    [
      'an object that holds the list',
      JSON.stringify({ version: 1, meta: { by: 'me', list: [1] }, tags: ['x'], data: rows }, null, 1),
    ],
    ['two lists after each other', JSON.stringify([rows[0]]) + JSON.stringify([rows[1]])],
    ['a list of one-line rows', `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`],
  ])('reads %s', async (_, text) => {
    const report = await read(text, 'data.json');
    expect(pairsOf(report.read)).toEqual(texts);
    expect(report.rejected).toEqual([]);
  });

  test('a single conversation as a list of messages', async () => {
    const report = await read(JSON.stringify([user, assistant, user, assistant], null, 2), 'chat.json');
    expect(report.read.map(({ messages }) => messages.length)).toEqual([4]);
  });

  test('a single printed example whose only list is its messages', async () => {
    const report = await read(JSON.stringify({ messages: [user, assistant] }, null, 2), 'one.json');
    expect(pairsOf(report.read)).toEqual([['hi', 'hello']]);
  });

  test('tells of a second list, and reads it on request', async () => {
    const text = JSON.stringify({ train: rows, test: [{ prompt: 'x', completion: 'y' }] }, null, 2);
    const report = await read(text, 'data.json');
    expect(report.files[0]).toMatchObject({
      list: 'train',
      notes: [expect.stringContaining('The list "test" (line 13)')],
    });
    expect(pairsOf((await read(text, 'data.json', { list: 'test' })).read)).toEqual([['x', 'y']]);
  });

  test('a malformed element costs only itself; lines are exact', async () => {
    const text = [
      '[',
      '  {"prompt": "q", "completion": "a"},',
      '  {"prompt": "q",',
      '   "completion": a},',
      '  {"prompt": "q", "completion": "b"},',
      '  {"prompt": "never closed,',
      '   "completion": "c"},',
      '  "stray", 5,',
      '  {"prompt": "q", "completion": "d"}',
      ']',
      'rest',
    ].join('\n');
    const report = await read(text, 'data.json');
    expect(pairsOf(report.read)).toEqual([
      ['q', 'a'],
      ['q', 'b'],
      ['q', 'd'],
    ]);
    expect(report.read.map(({ source }) => source?.line)).toEqual([2, 5, 9]);
    expect(report.rejected.map(({ line }) => line)).toEqual([3, 6, 8, 8, 11]);
  });

  test('a bracket that is never closed costs its row, and is named by its line', async () => {
    const report = await read(
      '[\n{"prompt": "q", "completion": "a"},\n{"prompt": "q", "completion": "b",\n{"prompt": "q", "completion": "c"},\n{"prompt": "q", "completion": "d"}\n]',
      'data.json',
    );
    expect(reasons(report)).toEqual([[3, 'A bracket or quotation mark that opens here is never closed.']]);
    expect(pairsOf(report.read)).toEqual([
      ['q', 'a'],
      ['q', 'c'],
      ['q', 'd'],
    ]);
    expect(report.read.map(({ source }) => source?.line)).toEqual([2, 4, 5]);
  });

  test('where the rows after an open bracket cannot be told apart, that is said', async () => {
    const text = JSON.stringify(rows, null, 2).replace('},', ',');
    await expect(read(text, 'data.json')).rejects.toMatchObject({
      message: expect.stringContaining('line 2') as string,
    });
  });

  test('any rows come back, however printed and cut into pieces (round trip)', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((value) => value.trim() !== '' && !value.includes('\u0000') && value.isWellFormed());
    const some = fc.array(fc.record({ question: text, answer: text }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(some, fc.constantFrom('lines', 'list', 'printed', 'wrapped'), async (examples, how) => {
        const content = {
          lines: () => examples.map((row) => JSON.stringify(row)).join('\n'),
          list: () => JSON.stringify(examples),
          printed: () => JSON.stringify(examples, null, 3),
          wrapped: () => JSON.stringify({ rows: examples }, null, 1),
        }[how]();
        const report = await read(content, 'x.json');
        expect(report.read.map(({ messages }) => messages)).toEqual(
          examples.map(({ question, answer }) => pair(question, answer)),
        );
      }),
      { numRuns: 100 },
    );
  });
});
