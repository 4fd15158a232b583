import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Example } from '#common/domain/example.ts';
import { leakage } from '#main/services/doctor/leakage.ts';
import { importFiles } from '#main/services/importing/import-files.ts';

const sample = join(import.meta.dirname, '../../resources/samples/lantern');
const folder = mkdtempSync(join(tmpdir(), 'tunesmith-lantern-'));
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

describe('the sample Lantern', () => {
  test('is as large as a first try should be', () => {
    expect(train.length).toBeGreaterThanOrEqual(60);
    expect(train.length).toBeLessThanOrEqual(90);
    expect(questions).toHaveLength(15);
  });

  test('every answer passes the check that its README gives', () => {
    const readme = readFileSync(join(sample, 'README.md'), 'utf8');
    const patterns = new Set([...readme.matchAll(/'regex:(.*)'/g)].map(([, pattern]) => pattern));
    expect(patterns.size).toBe(1);
    const pattern = new RegExp([...patterns][0] ?? '(?!)', 'u');
    for (const { answer } of [...train, ...questions]) expect(answer).toMatch(pattern);
    expect('Hello from Lantern! We open at nine.').not.toMatch(pattern);
  });

  test('asks nothing that was taught, yet only for facts that were', async () => {
    const asked = new Set(train.map(({ question }) => question.toLowerCase()));
    expect(questions.filter(({ question }) => asked.has(question.toLowerCase()))).toEqual([]);
    expect(await leakage(trainPath, questionsPath)).toEqual([]);
    const taught = new Set(train.flatMap(({ answer }) => answer.toLowerCase().match(/[a-z]+/g) ?? []));
    for (const { question, answer } of questions) {
      const words = [
        ...(answer.toLowerCase().match(/[a-z]+/g) ?? []),
        ...(question.toLowerCase().match(/[a-z]+/g) ?? []),
      ];
      const known = new Set([...taught, ...[...asked].flatMap((text) => text.match(/[a-z]+/g) ?? [])]);
      expect(
        words.filter((word) => !known.has(word)),
        question,
      ).toEqual([]);
    }
  });
});
