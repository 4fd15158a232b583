import { createHash } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openTestStore, temporaryDataFolder } from '../../tests/support/record.ts';
import { rememberedSha256 } from './file-sha256.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('a file is read once while it stays the same, and again when it changed', async () => {
  using layout = temporaryDataFolder();
  using store = openTestStore(layout);
  const file = path.join(layout.root, 'base.gguf');
  let reads = 0;
  const hash = (): Promise<string> => rememberedSha256(store.db, file, { onProgress: () => (reads += 1) });
  await expect(hash()).rejects.toMatchObject({ code: 'file-not-found' });
  writeFileSync(file, 'one');
  expect(await hash()).toBe(sha256('one'));
  const firstReads = reads;
  expect(firstReads).toBeGreaterThan(0);
  expect(await hash()).toBe(sha256('one'));
  expect(reads).toBe(firstReads);
  writeFileSync(file, 'two');
  utimesSync(file, 1, 1);
  expect(await hash()).toBe(sha256('two'));
  expect(reads).toBeGreaterThan(firstReads);
});
