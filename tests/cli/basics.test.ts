import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, workFolder, writeExamples } from '../support/cli.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const work = workFolder();
const { home } = work;
const base = work.file('tiny.gguf');
const data = work.file('examples.txt');
const cli = (...args: string[]) => runCli(args, { home });

beforeAll(async () => {
  await writeTinyModel(base, { architecture: 'llama', layers: 1 });
  writeExamples(data, 12);
});
afterAll(() => work[Symbol.dispose]());

describe('usage', () => {
  test('without a command, or asked for, the help is shown', async () => {
    const bare = await cli();
    expect(bare.code).toBe(0);
    expect(bare.stdout).toContain('Usage: tunesmith');
    expect((await cli('tune', '--help')).stdout).toContain('--held-out');
    expect((await cli('--version')).stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  test.each([
    [['bogus'], /unknown command/],
    [['preview', 'x.txt'], /--base/],
    [['import'], /missing required argument/],
    [['tune', 'x.txt', '--base', 'b', '--out', 'o', '--rank', 'many'], /--rank/],
    [['tune', 'x.txt', '--base', 'b', '--out', 'o', '--check', 'perhaps'], /check/],
    [['tune', 'x.txt', '--base', 'b', '--out', 'o', '--clip', '-1'], /--clip/],
    [['shrink', 'latest', '--quant', 'Q3_X'], /Q3_X/],
    [['chat', '--base', 'b', '--prompt', 'x', '--prompts', 'y'], /not both/],
  ])('%j is wrong usage: code 2, told on standard error', async (args, words) => {
    const { code, stdout, stderr } = await cli(...args);
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  test('a run that is not there', async () => {
    const { code, stderr } = await cli('resume', 'latest');
    expect(code).toBe(1);
    expect(stderr).toMatch(/no run/i);
  });
});

describe('models and inspect', () => {
  test('every model has the fields of the contract', async () => {
    const { code, rows } = await cli('models', '--json');
    expect(code).toBe(0);
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      expect(row).toMatchObject({
        id: expect.any(String),
        source: expect.any(String),
        bytes: expect.any(Number),
        fits: expect.any(Boolean),
      });
      expect(row).toHaveProperty('license');
    }
  });

  test('inspect says what a file is', async () => {
    const { code, rows } = await cli('inspect', base, '--json');
    expect(code).toBe(0);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      architecture: 'llama',
      supported: true,
      parameters: expect.any(Number),
      fileType: expect.any(String),
      contextLength: expect.any(Number),
      vocabulary: expect.any(Number),
      chatTemplate: expect.any(String),
      endOfTurn: expect.any(String),
    });
  });

  test('files that are no models are refused: code 3, nothing on standard output', async () => {
    const cut = work.file('cut.gguf');
    copyFileSync(base, cut);
    truncateSync(cut, 5000);
    const text = work.file('text.gguf');
    writeFileSync(text, 'This is not a model.');
    const empty = work.file('empty.gguf');
    writeFileSync(empty, '');
    for (const file of [cut, text, empty, work.root, work.file('absent.gguf'), 'qwen3-0.6b']) {
      const { code, stdout, stderr } = await cli('inspect', file, '--json');
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n').length).toBeGreaterThanOrEqual(2);
      expect(code).toBe(3);
    }
  });
});

describe('import', () => {
  test('counts, rejects and finds', async () => {
    const mixed = work.file('mixed.jsonl');
    writeFileSync(
      mixed,
      [
        '{"prompt":"a","completion":"b"}',
        '{"prompt":"a","completion":"b"}',
        'not json',
        '{"prompt":"c"}',
        '{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r"}]}',
      ].join('\n'),
    );
    const { code, rows } = await cli('import', mixed, '--json');
    expect(code).toBe(0);
    const [report] = rows as unknown as [
      {
        examples: number;
        rejected: { file: string; line: number; reason: string }[];
        findings: { kind: string; rows: number[] }[];
      },
    ];
    expect(report.examples).toBe(3);
    expect([...new Set(report.rejected.map(({ line }) => line))]).toEqual([3, 4]);
    expect(report.rejected.every(({ file, reason }) => file === mixed && reason !== '')).toBe(true);
    expect(report.findings.some(({ kind, rows: at }) => kind === 'duplicate' && at.length === 2)).toBe(true);
  });

  test('what holds no example is refused, and the report says why', async () => {
    for (const [name, content] of [
      ['empty.txt', ''],
      ['binary.bin', Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256))],
      ['prose.txt', 'Just a text.\nWith two lines.\n'],
    ] as const) {
      writeFileSync(work.file(name), content);
      const { code, rows, stderr } = await cli('import', work.file(name), '--json');
      expect(code).toBe(3);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ examples: 0 });
      expect(stderr).toContain('No example');
    }
    expect((await cli('import', work.file('absent.txt'))).code).toBe(3);
  });

  test('--out writes one example a line', async () => {
    const out = work.file('out.jsonl');
    expect((await cli('import', data, '--out', out)).code).toBe(0);
    const lines = readFileSync(out, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(12);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ messages: [{ role: 'user' }, { role: 'assistant' }] });
  });
});

describe('preview', () => {
  test('every token has a role, and the texts joined are the text', async () => {
    const { code, rows } = await cli('preview', data, '--base', base, '--json');
    expect(code).toBe(0);
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    for (const row of rows) {
      const tokens = row['tokens'] as { id: number; text: string; role: string }[];
      expect(tokens.map(({ text }) => text).join('')).toBe(row['text']);
      expect(new Set(tokens.map(({ role }) => role))).toEqual(new Set(['read', 'learned']));
    }
  });

  test('one row, cut short, and for people', async () => {
    const cut = await cli('preview', data, '--base', base, '--row', '3', '--max-tokens', '40', '--json');
    expect(cut.rows).toHaveLength(1);
    expect((cut.rows[0]?.['tokens'] as { role: string }[] | undefined)?.some(({ role }) => role === 'cut')).toBe(true);
    const shown = await cli('preview', data, '--base', base, '--row', '3');
    expect(shown.stdout).toMatch(/\[green0 green0!.*\]/s);
    expect(shown.stdout).not.toContain('\u001b');
    expect((await cli('preview', data, '--base', base, '--row', '99')).code).toBe(2);
  });
});

test('rehearse answers whether it fits, and leaves no run behind', async () => {
  const { code, rows } = await cli('rehearse', data, '--base', base, '--json', '--threads', '1');
  expect(code).toBe(0);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    fits: true,
    peakBytes: expect.any(Number),
    tokensPerSecond: expect.any(Number),
    estimateSeconds: expect.any(Number),
    advice: expect.any(String),
  });
  expect((await cli('runs', '--json')).rows).toEqual([]);
  expect(existsSync(home)).toBe(true);
});

describe('refusals before anything is begun: code 3, no run in the record', () => {
  test('a base of an architecture that cannot be taught is named with those that can', async () => {
    const odd = work.file('odd.gguf');
    const bytes = readFileSync(base);
    // A name of the same length, right after its key.
    bytes.write('mamba', bytes.indexOf('llama', bytes.indexOf('general.architecture')));
    writeFileSync(odd, bytes);
    const { code, stdout, stderr } = await cli('train', data, '--base', odd, '--json');
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/mamba/);
    expect(stderr).toMatch(/gemma3/);
  });

  test('rows of which no answer would be left are named', async () => {
    const { code, stderr } = await cli('train', data, '--base', base, '--max-tokens', '12', '--json');
    expect(code).toBe(3);
    expect(stderr).toMatch(/Row 1 .*examples\.txt/);
    expect(stderr).toMatch(/--max-tokens/);
  });

  test('a chat format that is none', async () => {
    const { code, stderr } = await cli('train', data, '--base', base, '--chat-template', '{% broken', '--json');
    expect(code).toBe(3);
    expect(stderr).toMatch(/template/);
    expect((await cli('runs', '--json')).rows).toEqual([]);
  });
});
