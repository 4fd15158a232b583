import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { noticesFile, thirdPartyNotices } from '../../scripts/third-party-notices.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('the notices of other people’s software are those of the lockfile; else: node scripts/third-party-notices.ts', () => {
  expect(readFileSync(noticesFile, 'utf8') === thirdPartyNotices()).toBe(true);
});

test('they name every direct dependency, the fonts and llama.cpp', () => {
  const text = readFileSync(noticesFile, 'utf8');
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(dependencies)) expect(text).toContain(`${name} ${version} (`);
  for (const name of ['hanken-grotesk', 'jetbrains-mono']) expect(text).toContain(`@fontsource-variable/${name}`);
  expect(text).toContain('The ggml authors');
  expect(text).toContain('SIL OPEN FONT LICENSE');
});
