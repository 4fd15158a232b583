import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tallyOfPlaywright } from '../../scripts/tally.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'tunesmith-tally-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(value: unknown): string {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(value));
  return file;
}

const spec = (title: string, status: string) => ({ title, tests: [{ status }] });

test('counts each window test once, however deep its suite, and names what failed or was left out', () => {
  const file = report({
    suites: [
      {
        title: 'a.spec.ts',
        file: 'a.spec.ts',
        specs: [spec('runs', 'expected'), spec('breaks', 'unexpected')],
        suites: [{ title: 'dark', file: 'a.spec.ts', specs: [spec('waits', 'skipped'), spec('wavers', 'flaky')] }],
      },
    ],
    errors: [],
  });
  expect(tallyOfPlaywright(file, 'web')).toEqual({
    passed: 1,
    failures: ['window (web): a.spec.ts: breaks', 'window (web): a.spec.ts: dark: wavers'],
    skips: ['window (web): a.spec.ts: dark: waits'],
    notRun: [],
  });
});

test('an error outside every test is a failure', () => {
  const file = report({ suites: [], errors: [{ message: 'a file that cannot be read\nsecond line' }] });
  expect(tallyOfPlaywright(file, 'web').failures).toEqual(['window (web): a file that cannot be read']);
});
