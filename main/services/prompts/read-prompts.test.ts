import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPrompts, type Prompt } from './read-prompts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'prompts-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function collect(file: string): Promise<Prompt[]> {
  const prompts: Prompt[] = [];
  for await (const prompt of readPrompts(file)) prompts.push(prompt);
  return prompts;
}

async function read(content: string): Promise<Prompt[]> {
  const file = path.join(folder, 'prompts.jsonl');
  writeFileSync(file, content);
  return collect(file);
}

test('every way to write a question', async () => {
  const prompts = await read(
    [
      '\uFEFF{"prompt":"a","answer":"1"}',
      '"b"',
      '',
      'plain text, as it is',
      '{"messages":[{"role":"system","content":"s"},{"role":"user","content":"c"},{"role":"assistant","content":"3"}]}',
      '{"prompt":"d","system":"s"}\r',
    ].join('\n'),
  );
  expect(prompts.map(({ text, expected }) => [text, expected])).toEqual([
    ['a', '1'],
    ['b', undefined],
    ['plain text, as it is', undefined],
    ['c', '3'],
    ['d', undefined],
  ]);
  expect(prompts[3]?.messages).toHaveLength(2);
  expect(prompts[4]?.messages[0]).toEqual({ role: 'system', content: 's' });
});

test.each([
  ['{"prompt":', 'file-corrupt', 'Line 1'],
  ['ok\n{"question":"x"}', 'file-corrupt', 'Line 2'],
  ['{"messages":[{"role":"system","content":"s"}]}', 'file-corrupt', 'does not end with a question'],
  ['', 'data-empty', 'no question'],
])('%j is refused with %s', async (content, code, words) => {
  const error = await read(content).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect((error as Error).message).toContain(words);
});

test('a file that is not there', async () => {
  await expect(collect(path.join(folder, 'absent'))).rejects.toMatchObject({
    code: 'file-not-found',
  });
});
