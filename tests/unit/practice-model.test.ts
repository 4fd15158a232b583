import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { inspectModel } from '#engine/gguf/inspect.ts';
import { evaluateModel, type EvaluatedQuestion } from '../../scripts/make-practice-model/evaluate.ts';
import { evaluation } from '../../scripts/make-practice-model/held-out.ts';

const folder = join(import.meta.dirname, '../../resources/models');
const file = join(folder, 'practice.gguf');

describe('the practice model', () => {
  test('is the file that was made, and small', () => {
    const bytes = readFileSync(file);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(`${digest}  practice.gguf\n`);
    expect(bytes.byteLength).toBeLessThan(12e6);
  });

  test('says what it is', async () => {
    const info = await inspectModel(file);
    expect(info).toMatchObject({ architecture: 'llama', name: 'Tunesmith Practice', license: 'mit' });
  });

  describe('asked through llama.cpp', () => {
    let results: readonly EvaluatedQuestion[] = [];
    beforeAll(async () => {
      results = await evaluateModel(file);
    });

    test('ends every answer by itself', () => {
      expect(results).toHaveLength(Object.values(evaluation).flat().length);
      expect(results.filter(({ stops }) => !stops).map(({ question }) => question)).toEqual([]);
    });

    test('answers most questions that it was not taught in these words', () => {
      const right = results.filter((result) => result.right);
      expect(right.length / results.length).toBeGreaterThan(0.8);
    });

    test('knows what it learned by heart', () => {
      const answer = (asked: string): string => results.find(({ question }) => question === asked)?.answer ?? '';
      expect(answer('What colour is the grass?')).toBe('Grass is green.');
      expect(answer('How many days has a week?')).toBe('A week has seven days.');
    });
  });
});
