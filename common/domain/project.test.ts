import { expect, test } from 'vitest';
import { isNewer, isReleasePage, isVersion, releasePage, releasesFeed } from './project.ts';

test('the feed is GitHub’s for the project, over https', () => {
  expect(releasesFeed).toMatch(/^https:\/\/api\.github\.com\/repos\/[\w-]+\/[\w-]+\/releases\/latest$/);
});

test.each([
  ['0.1.1', '0.1.0', true],
  ['0.10.0', '0.9.9', true],
  ['1.0.0', '0.99.99', true],
  ['0.1.0', '0.1.0', false],
  ['0.1.0', '0.2.0', false],
  ['1.2.0', '1.2.0-beta.1', true],
  ['1.1.0', '1.2.0-beta.1', false],
])('%s is later than %s: %s', (version, than, expected) => {
  expect(isNewer(version, than)).toBe(expected);
});

test('only the page of a release counts as one', () => {
  expect(isReleasePage(releasePage('1.2.3'))).toBe(true);
  for (const version of ['', '1.2', '1.2.3/../../..', '1.2.3?x', '1.2.3-beta', '01234567.1.1']) {
    expect(isVersion(version)).toBe(false);
    expect(isReleasePage(releasePage(version))).toBe(false);
  }
  expect(isReleasePage('https://example.org/releases/tag/v1.2.3')).toBe(false);
});
