import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What a suite came to. Failures and skips are named, so that their number is the length of the list. */
export interface Tally {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skips: readonly string[];
  /** Things that could not run at all, in words. */
  readonly notRun: readonly string[];
}

export const noTally: Tally = { passed: 0, failures: [], skips: [], notRun: [] };

export function sum(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failures: [...a.failures, ...b.failures],
    skips: [...a.skips, ...b.skips],
    notRun: [...a.notRun, ...b.notRun],
  };
}

/** The part of Vitest's JSON report (Jest's format) that is read here. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Reads the JSON report of a Vitest run. A file that failed before its first test counts as one failure. */
export function tallyOf(reportFile: string, root: string): Tally {
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport;
  return report.testResults
    .map(({ name, status, assertionResults }): Tally => {
      const file = relative(root, name).replaceAll('\\', '/');
      const named = (wanted: (status: string) => boolean): readonly string[] =>
        assertionResults.filter((test) => wanted(test.status)).map((test) => `${file}: ${test.fullName}`);
      const failures = named((result) => result === 'failed');
      const failedToLoad = status === 'failed' && failures.length === 0;
      return {
        passed: named((result) => result === 'passed').length,
        failures: failedToLoad ? [file] : failures,
        skips: named((result) => result !== 'passed' && result !== 'failed'),
        notRun: [],
      };
    })
    .reduce(sum, noTally);
}
