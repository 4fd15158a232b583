import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeOldBuilds } from '../../scripts/build-window.ts';

test('the newest builds of the window stay, for web hosts that still serve them, and what is being built', () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'builds-'));
  for (const [name, usedAt] of [
    ['oldest', 1],
    ['older', 2],
    ['used-again', 9],
    ['newest', 5],
    ['one.123.part', 0],
  ] as const) {
    mkdirSync(path.join(cache, name));
    utimesSync(path.join(cache, name), usedAt, usedAt);
  }
  removeOldBuilds(cache, 2);
  expect(readdirSync(cache).toSorted()).toEqual(['newest', 'one.123.part', 'used-again']);
  rmSync(cache, { recursive: true });
});
