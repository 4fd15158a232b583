import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quantTypes } from '#common/contract/engine.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { readGguf } from '../gguf/read.ts';
import { exportBytes } from './export-bytes.ts';
import { writeMerged } from './merge.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-export-bytes-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const practice = path.resolve(import.meta.dirname, '../../resources/models/practice.gguf');

/** Name, template and padding of the written header may differ by that much. */
const headerBytes = 2048;

test.each(quantTypes)('the practice model as %s is as large as was said before', async (quant) => {
  const said = exportBytes(await readGguf(practice))[quant];
  const { bytes } = await writeMerged({ basePath: practice, quant, outPath: path.join(folder, `${quant}.gguf`) });
  expect(Math.abs(bytes - said)).toBeLessThanOrEqual(headerBytes);
});

test('rows that fit no block of the wanted type count as what they become', async () => {
  const { path: base } = await writeTinyModel(path.join(folder, 'odd.gguf'), { architecture: 'qwen3' });
  const said = exportBytes(await readGguf(base)).Q4_K_M;
  const { bytes } = await writeMerged({ basePath: base, quant: 'Q4_K_M', outPath: path.join(folder, 'odd-q4.gguf') });
  expect(Math.abs(bytes - said)).toBeLessThanOrEqual(headerBytes);
});
