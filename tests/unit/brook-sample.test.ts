import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Example } from '#common/domain/example.ts';
import { leakage } from '#main/services/doctor/leakage.ts';
import { importFiles } from '#main/services/importing/import-files.ts';
import { meaning, parse } from '../../resources/samples/brook/brook.mjs';
import { check } from '../../resources/samples/brook/check.mjs';

const sample = join(import.meta.dirname, '../../resources/samples/brook');
const checkProgram = join(sample, 'check.mjs');
const folder = mkdtempSync(join(tmpdir(), 'tunesmith-brook-'));
const trainPath = join(folder, 'train.jsonl');
const questionsPath = join(folder, 'questions.jsonl');
let train: readonly Pair[] = [];
let questions: readonly Pair[] = [];

interface Pair {
  readonly question: string;
  readonly answer: string;
}

beforeAll(async () => {
  train = await pairs('train.txt', trainPath);
  questions = await pairs('questions.jsonl', questionsPath);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function pairs(file: string, outPath: string): Promise<readonly Pair[]> {
  const report = await importFiles([join(sample, file)], { outPath });
  expect(report.rejected).toEqual([]);
  expect(report.findings.map(({ kind, rows }) => ({ kind, rows }))).toEqual([]);
  const lines = readFileSync(outPath, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { messages } = JSON.parse(line) as Example;
    return { question: messages[0]?.content ?? '', answer: messages[1]?.content ?? '' };
  });
}

const isProgram = (text: string): boolean => check(text) === undefined;

describe('the examples', () => {
  test('are enough, and the questions are thirty', () => {
    expect(train.length).toBeGreaterThanOrEqual(160);
    expect(questions).toHaveLength(30);
  });

  test('are programs without a fault, but for the explanations in words', () => {
    const words = train.filter(({ answer }) => !isProgram(answer));
    expect(words.map(({ question }) => question).filter((question) => !question.endsWith('?'))).toEqual([]);
    expect(words.length).toBeLessThanOrEqual(10);
    for (const { question, answer } of train) expect(check(answer, answer), question).toBeUndefined();
  });

  test('the answers to the questions are programs, and right', () => {
    for (const { question, answer } of questions) {
      expect(check(answer), question).toBeUndefined();
      expect(check(answer, answer), question).toBeUndefined();
    }
  });
});

describe('the questions are not in the examples', () => {
  test('no answer means the same as one that was taught', () => {
    const taught = new Set(train.filter(({ answer }) => isProgram(answer)).map(({ answer }) => meaning(parse(answer))));
    expect(questions.filter(({ answer }) => taught.has(meaning(parse(answer))))).toEqual([]);
  });

  test('no question reads nearly like one that was taught', () => {
    const likeness = (a: string, b: string): number => 1 - distance(a, b) / Math.max(a.length, b.length);
    for (const { question } of questions) {
      const closest = Math.max(...train.map((taught) => likeness(taught.question, question)));
      expect(closest, question).toBeLessThan(0.75);
    }
  });

  test('the data doctor sees no leak', async () => {
    expect(await leakage(trainPath, questionsPath)).toEqual([]);
  });

  test('every word of the language in an answer was taught several times', () => {
    const shape = (answer: string): readonly string[] =>
      answer
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
        .map((line) =>
          line
            .trim()
            .replace(/"[^"]*"/, 'T')
            .replace(/\d+:\d+|\d+/g, 'N')
            .split(' ')
            .filter((word) =>
              /^(zone|sensor|tank|limit|every|when|if|unless|else|end|repeat|water|feed|mist|fill|wait|notify|for|with|above|below|minutes|litres|seconds|ml|percent|holds|on|N|T)$/.test(
                word,
              ),
            )
            .join(' '),
        );
    const taught = train.flatMap(({ answer }) => shape(answer));
    for (const line of questions.flatMap(({ answer }) => shape(answer))) {
      expect(taught.filter((other) => other === line).length, line).toBeGreaterThanOrEqual(3);
    }
  });
});

const right = 'every monday, friday at 06:30\n  unless rain above 4\n    water rose_bed for 10 minutes\n  end\nend';

describe('the checker', () => {
  test('accepts the same meaning in another layout, with comments and days in another order', () => {
    const answer =
      '# a comment\nevery friday,monday at 06:30\nunless rain above 4\nwater rose_bed for 10 minutes\nend\n\nend\n';
    expect(check(answer, right)).toBeUndefined();
  });

  test('takes seven days for every day, and statements in any order', () => {
    const daily = 'zone a on valve 1\nevery day at 06:00\nwait 1 minutes\nend';
    const named =
      'every sunday, monday, tuesday, wednesday, thursday, friday, saturday at 06:00\nwait 1 minutes\nend\nzone a on valve 1';
    expect(check(named, daily)).toBeUndefined();
  });

  test.each([
    ['another number', right.replace('10', '11')],
    ['another unit', right.replace('for 10 minutes', 'with 10 litres')],
    ['another day', right.replace('friday', 'sunday')],
    ['another hour', right.replace('06:30', '18:30')],
    ['another name', right.replace('rose_bed', 'rose')],
    ['above for below', right.replace('above', 'below')],
    ['if for unless', right.replace('unless', 'if')],
    ['a line too many', right.replace('minutes\n', 'minutes\n    wait 1 minutes\n')],
    ['no condition', 'every monday, friday at 06:30\n  water rose_bed for 10 minutes\nend'],
  ])('refuses a program that does something else: %s', (_, answer) => {
    expect(check(answer), 'it is a program').toBeUndefined();
    expect(check(answer, right)).toBeDefined();
  });

  test.each([
    ['nothing', ''],
    ['only a comment', '# water the roses'],
    ['words', 'Sure! Here is the program you asked for.'],
    ['words around a program', `Here it is:\n${right}`],
    ['a missing end', right.slice(0, -4)],
    ['an end too many', `${right}\nend`],
    ['a one-digit hour', right.replace('06:30', '6:30')],
    ['an hour that is none', right.replace('06:30', '25:30')],
    ['a name of two words', right.replace('rose_bed', 'rose bed')],
    ['days joined by and', right.replace(', ', ' and ')],
    ['a day named twice', right.replace('friday', 'monday')],
    ['no unit', right.replace(' minutes', '')],
    ['zero', right.replace('10', '0')],
    ['an empty block', 'every day at 06:00\nend'],
    ['an action outside a block', 'water rose_bed for 10 minutes'],
    ['more than full', 'when level below 5\n  fill tank_a to 120 percent\nend'],
    ['a keyword as a name', 'zone water on valve 1'],
    ['a zone declared twice', 'zone a on valve 1\nzone a on valve 2'],
    [
      'else twice',
      'every day at 06:00\nif rain above 1\nwait 1 minutes\nelse\nwait 2 minutes\nelse\nwait 3 minutes\nend\nend',
    ],
    ['text without quotes', 'when rain above 1\n  notify hello\nend'],
  ])('refuses what is no program: %s', (_, answer) => {
    expect(check(answer)).toBeDefined();
  });

  test('compares an explanation by its words', () => {
    const expected = 'Begin the line with a # and write what you like. Brook skips the line.';
    expect(check('Start the line with a # and write what you like; Brook skips it.', expected)).toBeUndefined();
    expect(check('Water the tomatoes.', expected)).toBeDefined();
    expect(check(right, expected)).toBeDefined();
  });

  test('as a program: the answer on standard input, the verdict as exit code', () => {
    const run = (input: string, env: Readonly<Record<string, string>> = {}): number | null =>
      spawnSync(process.execPath, [checkProgram], { input, env: { ...process.env, ...env } }).status;
    expect(run(right)).toBe(0);
    expect(run(right, { TUNESMITH_EXPECTED: right })).toBe(0);
    expect(run(right, { TUNESMITH_EXPECTED: right.replace('10', '12') })).toBe(1);
    expect(run('water')).toBe(1);
  });
});
