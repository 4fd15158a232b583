import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { examine, type ExamineOptions } from './examine.ts';
import type { Finding, FindingKind } from './finding.ts';
import { mix } from './fingerprint.ts';
import { ImportFolder, pair } from '../../../tests/support/import-folder.ts';

async function examineRows(
  rows: readonly (readonly Message[])[],
  options: ExamineOptions = {},
): Promise<readonly Finding[]> {
  await using folder = await ImportFolder.create();
  const file = path.join(folder.path, 'data.jsonl');
  await writeFile(file, rows.map((messages) => `${JSON.stringify({ messages })}\n`).join(''));
  return await examine(file, options);
}

const rowsOf = (findings: readonly Finding[], kind: FindingKind): readonly (readonly number[])[] =>
  findings.filter((finding) => finding.kind === kind).map(({ rows }) => rows);

const kinds = (findings: readonly Finding[]): readonly string[] => findings.map(({ kind }) => kind);

const sentence = (words: number, seed: number): string =>
  Array.from({ length: words }, (_, index) => `w${mix(seed * 7919 + index * 104_729) % 5003}`).join(' ');

describe('repetitions', () => {
  test('equal examples, without regard to outer space', async () => {
    const findings = await examineRows([pair('a?', 'b'), pair('c?', 'd'), pair(' a? ', 'b\n'), pair('a?', 'b')]);
    expect(rowsOf(findings, 'duplicate')).toEqual([[1, 3, 4]]);
    expect(kinds(findings)).toEqual(['duplicate']);
    expect(findings[0]?.message).toBe('The same example stands in rows 1, 3 and 4.');
  });

  test('one question, two answers', async () => {
    const findings = await examineRows([
      pair('What is it?', 'This'),
      pair('what  IS it', 'That'),
      pair('Other?', 'That'),
    ]);
    expect(rowsOf(findings, 'contradiction')).toEqual([[1, 2]]);
    expect(findings[0]?.message).toBe('The same question has 2 different answers in rows 1 and 2.');
  });

  test('the same last question in different conversations is no contradiction', async () => {
    const before = (topic: string, answer: string): readonly Message[] => [
      ...pair(topic, 'ok'),
      ...pair('And now?', answer),
    ];
    expect(await examineRows([before('red', 'x'), before('blue', 'y')])).toEqual([]);
  });

  test('near duplicates: a word changed in a long text, not two short sums', async () => {
    const long = sentence(200, 1);
    const findings = await examineRows([
      pair('Explain', long),
      pair('What is 1 + 2?', '3'),
      pair('What is 1 + 3?', '4'),
      pair('Explain it', `${long.replace('w', 'W')} more`),
      pair('Explain', sentence(200, 2)),
    ]);
    expect(rowsOf(findings, 'near-duplicate')).toEqual([[1, 4]]);
  });

  test('near duplicates among very long texts are found from samples', async () => {
    const long = sentence(4000, 3);
    const other = long.split(' ');
    other[100] = 'changed';
    const half = `${sentence(2000, 4)} ${long.slice(0, long.length / 2)}`;
    const findings = await examineRows([pair('a', long), pair('a b', other.join(' ')), pair('c', half)]);
    expect(rowsOf(findings, 'near-duplicate')).toEqual([[1, 2]]);
  });

  test('many groups are put together after the first hundred', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => pair(`q${index % 150}`, `a${index % 150}`));
    const findings = await examineRows(rows);
    expect(findings).toHaveLength(101);
    expect(findings.at(-1)?.message).toContain('50 more groups');
    expect(new Set(findings.flatMap(({ rows: found }) => found)).size).toBe(300);
  });
});

describe('single rows', () => {
  test('answers that say nothing; short real answers are fine', async () => {
    const rows = ['-', 'n/a', 'TODO', '...', 'yes', '4', 'x', '是'].map((answer, index) =>
      pair(`question ${index}`, answer),
    );
    const findings = await examineRows([...rows, [{ role: 'user', content: 'only asked' }]]);
    expect(rowsOf(findings, 'short-answer')).toEqual([[1, 2, 3, 4]]);
    expect(rowsOf(findings, 'empty-answer')).toEqual([[9]]);
  });

  test('too long, by estimated tokens', async () => {
    const rows = [pair('a', 'x'.repeat(4000)), pair('b', 'y'.repeat(400)), pair('c', '字'.repeat(900))];
    expect(rowsOf(await examineRows(rows, { maxTokens: 500 }), 'too-long')).toEqual([[1, 3]]);
    expect(rowsOf(await examineRows(rows), 'too-long')).toEqual([]);
  });

  test('damaged characters, and not merely foreign ones', async () => {
    const findings = await examineRows([
      pair('a', 'CafÃ©'),
      pair('b', 'itâ€™s'),
      pair('c', 'lost \ufffd'),
      pair('d', 'Â£ 5'),
      pair('e', 'ÂME, São Paulo, Ångström, Ãpfel? naïve “quotes” – 漢字 😀'),
      pair('f', 'À â tÂche'),
      pair('g', 'smile ðŸ˜€'),
    ]);
    expect(rowsOf(findings, 'broken-characters')).toEqual([[1, 2, 3, 4, 7]]);
  });
});

describe('secrets', () => {
  const random = (length: number, alphabet = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8'): string =>
    Array.from({ length }, (_, index) => alphabet[(index * 7 + (index >> 2)) % alphabet.length]).join('');

  test.each([
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQ'],
    ['an AWS access key', `key ${'AKIA'}${'Q3EGRI7NBM5LZX2A'} end`],
    ['a GitHub token', `ghp_${random(36)}`],
    ['an API key', `sk-proj-${random(40)}`],
    ['a Google API key', `AIza${random(35)}`],
    ['a Hugging Face token', `hf_${random(34)}`],
    ['a login token (JWT)', `eyJ${random(20)}.eyJ${random(30)}.${random(40)}`],
    ['a password in an address', 'postgres://admin:Tr0ub4dor&3@db.prod.internal/x'],
    ['a password or key', 'password = "kX9#mQ2$vL8w"'],
    ['a password or key', 'API_KEY: 8fK2mZq91LxPw03T'],
  ])('finds %s', async (what, text) => {
    const [finding] = await examineRows([pair('q', `before ${text} after`)]);
    expect(finding).toMatchObject({ kind: 'secret', rows: [1] });
    expect(finding?.message).toBe(`1 example seems to hold ${what}: row 1.`);
    expect(finding?.message).not.toContain(text.slice(0, 12));
  });

  test.each([
    'password = "your-password-here"',
    'password: <PASSWORD>',
    'password = os.environ["DB_PASSWORD"]',
    'const token = getToken();',
    'The password must have 8 characters.',
    'api_key = "YOUR_API_KEY"',
    'secret: changeme123',
    'AKIAIOSFODNN7EXAMPLE',
    'sk-learn-style-estimators-are-named-like-this',
    'postgres://user:password@localhost/db',
    'password = hashlib.sha256(text)',
    '-----BEGIN PUBLIC KEY-----',
    'write to support@acme.com or jane@example.org',
    'git@github.com:owner/project.git',
    '@decorator.name and a@b',
    '1234-5678-9012-3456',
    'let passwd: String = read_line();',
  ])('leaves %s alone', async (text) => {
    expect(await examineRows([pair('q', text)])).toEqual([]);
  });

  test('addresses and card numbers of people', async () => {
    const findings = await examineRows([
      pair('q', 'Ask m.miller1972@gmx.net'),
      pair('r', 'card 4111 1111 1111 1111'),
      pair('s', 'x'),
    ]);
    expect(findings.map(({ kind, rows }) => [kind, rows])).toEqual([
      ['personal-data', [1]],
      ['personal-data', [2]],
    ]);
  });
});

describe('large data sets', () => {
  test(
    '100,000 rows, many of them from one template',
    async () => {
      const rows = Array.from({ length: 100_000 }, (_, index) =>
        index % 10_000 === 9999
          ? pair(`Copied question ${index % 3} with ${sentence(20, 1)}`, sentence(30, 2))
          : pair(
              `Please translate the following word: ${sentence(2, index)}`,
              `The translation of that word is ${sentence(3, index + 1)} and ${index}`,
            ),
      );
      const before = process.cpuUsage();
      const findings = await examineRows(rows);
      // Of the processor: the machine may be busy with other things.
      const workMs = process.cpuUsage(before).user / 1000;
      const near = rowsOf(findings, 'near-duplicate').flat();
      for (let row = 10_000; row <= 100_000; row += 10_000) {
        expect([...near, ...rowsOf(findings, 'duplicate').flat()]).toContain(row);
      }
      // Comparing all pairs would take an hour.
      expect(workMs).toBeLessThan(60_000);
    },
    10 * 60_000,
  );
});
