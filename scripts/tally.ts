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

interface PlaywrightSuite {
  readonly title: string;
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[];
  readonly suites?: readonly PlaywrightSuite[];
}

interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[];
  readonly errors: readonly { readonly message?: string }[];
}

/** Reads the JSON report of a Playwright run in one world. A test that passed only when repeated counts as failed. */
export function tallyOfPlaywright(reportFile: string, world: string): Tally {
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as PlaywrightReport;
  const errors = report.errors.map(({ message = 'an error' }) => `window (${world}): ${message.split('\n')[0]}`);
  return report.suites
    .map((suite) => tallyOfSuite(suite, `window (${world}): ${suite.title}`))
    .reduce(sum, { ...noTally, failures: errors });
}

function tallyOfSuite({ specs = [], suites = [] }: PlaywrightSuite, name: string): Tally {
  const own = specs.flatMap(({ title, tests }) => tests.map(({ status }) => ({ title: `${name}: ${title}`, status })));
  const named = (wanted: (status: string) => boolean): readonly string[] =>
    own.filter(({ status }) => wanted(status)).map(({ title }) => title);
  const tally: Tally = {
    passed: named((status) => status === 'expected').length,
    failures: named((status) => status !== 'expected' && status !== 'skipped'),
    skips: named((status) => status === 'skipped'),
    notRun: [],
  };
  return suites.map((suite) => tallyOfSuite(suite, `${name}: ${suite.title}`)).reduce(sum, tally);
}
