import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { modelInfoSchema } from '#common/domain/model-info.ts';
import { writeTinyModel } from '../../tests/support/tiny-model.ts';
import { inspectModel } from './inspect.ts';
import { readGguf } from './read.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-damage-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

test('a damaged model is described, or refused in words, and never breaks the inspector', async () => {
  const file = path.join(folder, 'model.gguf');
  await writeTinyModel(file, { architecture: 'gemma3', layers: 1 });
  const good = fs.readFileSync(file);
  const { dataOffset, metadataRanges } = await readGguf(file);
  // Most of the header is the vocabulary: damage elsewhere is more telling.
  const tokens = metadataRanges.get('tokenizer.ggml.tokens')?.offset ?? 0;
  const afterVocabulary = metadataRanges.get('tokenizer.chat_template')?.offset ?? 0;
  const place = fc.oneof(
    fc.integer({ min: 0, max: tokens + 12 }),
    fc.integer({ min: afterVocabulary, max: dataOffset }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 6 }), async (flips) => {
      const bytes = Buffer.from(good);
      for (const [at, byte] of flips) bytes[at] = byte;
      fs.writeFileSync(file, bytes);
      const result = await inspectModel(file).catch((error: unknown) => error);
      if (!(result instanceof TunesmithError)) expect(modelInfoSchema.parse(result)).toEqual(result);
    }),
    { numRuns: 400 },
  );
}, 60_000);
