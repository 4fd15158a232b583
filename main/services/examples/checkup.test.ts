import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Example } from '#common/domain/example.ts';
import { examine } from '../doctor/examine.ts';
import { DatasetWriter } from '../importing/dataset-file.ts';
import { complaintsOf, repaired, type Complaint } from './checkup.ts';
import { matching } from './matching.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-checkup-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = (question: string, answer: string, line = 1): Example => ({
  messages: [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
  source: { file: '/home/x/faq.txt', line },
});

const rows: readonly Example[] = [
  pair('How do I end a loop?', 'Write end.', 3),
  pair('Where is the key?', 'It is AKIAIOSFODNN7QWERTYA, as always.', 7),
  pair('How do I end a loop?', 'Use stop instead.', 12),
  pair('What is a filter?', 'It changes a value.', 20),
  pair('What is a filter?', 'It changes a value.', 24),
  pair('What is a filter?', 'It changes a value.', 28),
  pair('How do I end a loop?', 'write  END.', 31),
  pair('Which colour?', 'n/a', 35),
];

async function checkup(examples: readonly Example[]): Promise<readonly Complaint[]> {
  await using writer = await DatasetWriter.create(path.join(folder, 'set.jsonl'));
  for (const example of examples) await writer.add(example);
  return complaintsOf(await examine((await writer.finish()).path), examples);
}

const of = (complaints: readonly Complaint[], kind: Complaint['kind']): Complaint => {
  const found = complaints.find((complaint) => complaint.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
};

const answers = (examples: readonly Example[]): readonly (string | undefined)[] =>
  examples.map(({ messages }) => messages.at(-1)?.content);

describe('complaints', () => {
  test('findings of one kind are one line each, the worst first, with the place in the file', async () => {
    const complaints = await checkup(rows);
    expect(complaints.map(({ kind }) => kind)).toEqual(['secret', 'contradiction', 'short-answer', 'duplicate']);
    expect(of(complaints, 'secret').facts).toMatchObject({ count: 1, thing: 'aws-key', source: { line: 7 } });
    expect(of(complaints, 'secret').facts.source?.file).toMatch(/faq\.txt$/);
    expect(of(complaints, 'duplicate')).toMatchObject({ facts: { count: 2 }, groups: [[4, 5, 6]] });
    expect(of(complaints, 'contradiction').facts).toEqual({ count: 1, question: 'How do I end a loop?' });
  });

  test('what a repair says it does is what it does', async () => {
    const complaints = await checkup(rows);
    const repair = (kind: Complaint['kind'], which: string) => {
      const trouble = of(complaints, kind);
      const chosen = trouble.repairs.find((each) => each.kind === which);
      if (chosen === undefined) throw new Error(`no ${which}`);
      const after = repaired(rows, [{ trouble, repair: chosen }]);
      expect(after).toHaveLength(rows.length - (chosen.kind === 'hide' ? 0 : chosen.rows));
      const hidden = after.filter((row, index) => chosen.kind === 'hide' && row !== rows[index]);
      expect(hidden).toHaveLength(chosen.kind === 'hide' ? chosen.rows : 0);
      return after;
    };
    expect(answers(repair('duplicate', 'keep-first')).filter((text) => text === 'It changes a value.')).toHaveLength(1);
    // Both spellings of the first answer stay.
    expect(answers(repair('contradiction', 'keep-first'))).not.toContain('Use stop instead.');
    expect(answers(repair('contradiction', 'keep-first'))).toContain('write  END.');
    expect(answers(repair('secret', 'hide'))[1]).toBe('It is [AWS access key removed], as always.');
    expect(answers(repair('short-answer', 'remove'))).not.toContain('n/a');
    expect(rows[1]?.messages[1]?.content).toContain('AKIA');
  });

  test('beyond a hundred groups every group still keeps its first row', async () => {
    const many = Array.from({ length: 150 }, (_, n) => [
      pair(`Number ${n}?`, `It is ${n}.`),
      pair(`Number ${n}?`, `It is ${n}.`),
    ]);
    const examples = many.flat();
    const trouble = of(await checkup(examples), 'duplicate');
    const [repair] = trouble.repairs;
    expect(repaired(examples, repair === undefined ? [] : [{ trouble, repair }])).toHaveLength(150);
  });
});

test('rows are found by text, file and number', async () => {
  expect(await matching(rows, {})).toBeUndefined();
  expect(await matching(rows, { search: ' FILTER ' })).toEqual([4, 5, 6]);
  expect(await matching(rows, { search: 'loop', rows: [8, 3, 1] })).toEqual([3, 1]);
  expect(await matching(rows, { file: '/other' })).toEqual([]);
  const ending = AbortSignal.abort();
  const large = Array.from({ length: 6000 }, () => pair('a', 'b'));
  await expect(matching(large, { search: 'x' }, ending)).rejects.toThrow();
});
