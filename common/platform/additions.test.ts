import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { additionsFor, archiveUrl, deathsWhileLoading, linuxCuda, placedAddition } from './additions.ts';
import { hashOfFile } from './library-manifest.ts';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-additions-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('what is pinned is what the lock file pins, of the release of the libraries that the app carries', () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity: string; license: string }>;
  };
  for (const { packageName, version, archiveSha512, license } of linuxCuda) {
    const locked = packages[`node_modules/${packageName}`]!;
    expect(locked).toMatchObject({ version, license });
    expect(Buffer.from(archiveSha512, 'hex').toString('base64')).toBe(locked.integrity.replace('sha512-', ''));
    expect(packages['node_modules/@node-llama-cpp/linux-x64']?.version).toBe(version);
  }
});

const file = (packageName: string, entry: string): string =>
  path.join(root, 'node_modules', packageName, entry.replace(/^package\//, ''));

const installed = linuxCuda.filter(({ packageName, entry }) => existsSync(file(packageName, entry)));

test.skipIf(installed.length === 0)('the libraries are those of the packages (none installed here: skipped)', () => {
  for (const { packageName, entry, bytes, sha256 } of installed) {
    expect(statSync(file(packageName, entry)).size).toBe(bytes);
    expect(hashOfFile(file(packageName, entry))).toBe(sha256);
  }
});

test('offered where it can be pinned, from whatever registry', () => {
  expect(additionsFor({ platform: 'linux', arch: 'x64', env: {}, home: '/' })).toEqual(linuxCuda);
  expect(additionsFor({ platform: 'win32', arch: 'x64', env: {}, home: '/' })).toEqual([]);
  expect(additionsFor({ platform: 'linux', arch: 'arm64', env: {}, home: '/' })).toEqual([]);
  expect(archiveUrl('https://registry.npmjs.org/', linuxCuda[0]!)).toBe(
    'https://registry.npmjs.org/@node-llama-cpp/linux-x64-cuda/-/linux-x64-cuda-3.22.1.tgz',
  );
});

test('a half or a foreign file of that name is not one; marks of processes that live are no deaths', () => {
  const [first] = linuxCuda;
  writeFileSync(path.join(folder, first!.fileName), 'half');
  expect(placedAddition(folder, linuxCuda)).toBeUndefined();
  expect(placedAddition(folder, [{ ...first!, bytes: 4 }])?.fileName).toBe(first!.fileName);
  writeFileSync(path.join(folder, `loading-${process.pid}`), '');
  writeFileSync(path.join(folder, 'loading-x'), '');
  expect(deathsWhileLoading(folder)).toEqual([]);
  expect(deathsWhileLoading(folder, () => false)).toEqual([`loading-${process.pid}`]);
  expect(deathsWhileLoading(path.join(folder, 'none'))).toEqual([]);
});
