import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { currentHost, type Host } from '#common/platform/host.ts';
import { datasetFile, layoutOf, openDataFolder, runFolder } from './paths.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-paths-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const hostAt = (home: string): Host => ({ ...currentHost(), env: { TUNESMITH_HOME: home } });

describe('openDataFolder', () => {
  test('makes all folders, closed to other users, and finds them again', () => {
    const root = path.join(folder, 'a', 'b');
    const layout = openDataFolder(hostAt(root));
    expect(layout).toEqual(layoutOf(root));
    for (const each of [layout.runs, layout.datasets, layout.models, layout.tmp]) {
      expect(statSync(each).isDirectory()).toBe(true);
      if (process.platform !== 'win32') expect(statSync(each).mode & 0o077).toBe(0);
    }
    expect(openDataFolder(hostAt(root))).toEqual(layout);
  });

  test('a relative TUNESMITH_HOME counts from the working folder', () => {
    const relative = path.relative(process.cwd(), path.join(folder, 'rel'));
    expect(openDataFolder(hostAt(relative)).root).toBe(path.join(folder, 'rel'));
  });

  test('a file in the way is named', () => {
    writeFileSync(path.join(folder, 'file'), '');
    expect(() => openDataFolder(hostAt(path.join(folder, 'file')))).toThrowError(
      expect.objectContaining({ code: 'file-not-writable', message: expect.stringContaining('a file is in the way') }),
    );
    expect(() => openDataFolder(hostAt(path.join(folder, 'file', 'below')))).toThrowError(
      expect.objectContaining({ code: 'file-not-writable' }),
    );
  });

  test.skipIf(process.platform === 'win32')('a folder that may not be written is refused in words', () => {
    chmodSync(folder, 0o555);
    const script = `
      import { openDataFolder } from ${JSON.stringify(path.join(import.meta.dirname, 'paths.ts'))};
      try { openDataFolder(); console.log('opened'); } catch (error) { console.log(error.code + ': ' + error.message); }`;
    // root may write everywhere, so the test gives its rights away.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: path.join(import.meta.dirname, '..', '..'),
      env: { ...process.env, TUNESMITH_HOME: path.join(folder, 'home') },
      encoding: 'utf8',
      ...asNobody,
    });
    expect(output.trim()).toBe(`file-not-writable: ${path.join(folder, 'home')} may not be written.`);
  });
});

test('only ids and hashes become paths', () => {
  const layout = layoutOf(folder);
  expect(runFolder(layout, '261123-000756-k7q')).toBe(path.join(folder, 'runs', '261123-000756-k7q'));
  for (const wrong of ['', '..', '../261123-000756-k7q', '261123-000756-k7q/..']) {
    expect(() => runFolder(layout, wrong)).toThrowError(expect.objectContaining({ code: 'bad-request' }));
  }
  expect(datasetFile(layout, 'a'.repeat(64))).toBe(path.join(folder, 'datasets', `${'a'.repeat(64)}.jsonl`));
  expect(() => datasetFile(layout, '../x')).toThrowError(/SHA-256/);
});
