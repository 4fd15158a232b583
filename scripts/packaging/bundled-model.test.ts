import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentHost } from '#common/platform/host.ts';
import { builtInCatalogue } from '#main/services/catalogue/built-in.ts';
import { bundledModels } from '#main/services/catalogue/bundled.ts';
import { listModels, type ModelRow } from '#main/features/models/list-models.ts';
import { placeBundledModel } from './bundled-model.ts';

const root = path.resolve(import.meta.dirname, '../..');
const smol = path.join(root, '.cache/models/smollm2-135m-instruct.gguf');
const gemma = path.join(root, '.cache/models/gemma3-270m.gguf');

let models: string;
beforeEach(() => {
  models = mkdtempSync(path.join(tmpdir(), 'tunesmith-bundle-'));
  copyFileSync(path.join(root, 'resources/models/practice.gguf'), path.join(models, 'practice.gguf'));
});
afterEach(() => rmSync(models, { recursive: true }));

test('without a file the practice model comes alone', () => {
  placeBundledModel({}, models);
  expect(readdirSync(models)).toEqual(['practice.gguf']);
});

test.skipIf(!existsSync(smol))(
  'with the real SmolLM2 the app has it, offers it before the practice model, and hands its licence on (not fetched: skipped)',
  async () => {
    placeBundledModel({ TUNESMITH_BUNDLE_MODEL: smol }, models);
    expect(readdirSync(models).toSorted()).toEqual([
      'practice.gguf',
      'smollm2-135m.LICENSE.txt',
      'smollm2-135m.gguf',
      'smollm2-135m.json',
    ]);
    expect(readFileSync(path.join(models, 'smollm2-135m.LICENSE.txt'), 'utf8')).toContain('Apache License');
    expect(bundledModels(models, builtInCatalogue).map(({ id }) => id)).toEqual(['smollm2-135m', 'practice']);
    const host = { ...currentHost(), env: { TUNESMITH_BUNDLED_MODELS: models, OLLAMA_HOST: '127.0.0.1:9' } };
    const inspect = () => Promise.reject(new Error('not asked'));
    const deps = { host, layout: { models: path.join(models, 'none') }, memoryBytes: 8e9, inspect };
    const rows: ModelRow[] = [];
    for await (const row of listModels(deps)) rows.push(row);
    expect(rows.slice(0, 2)).toMatchObject([
      {
        id: 'smollm2-135m',
        title: 'SmolLM2 135M',
        origin: 'bundled',
        available: true,
        license: 'Apache-2.0',
        fit: 'well',
      },
      { id: 'practice', origin: 'bundled', available: true },
    ]);
  },
);

test.skipIf(!existsSync(smol))('a damaged one stops the release (not fetched: skipped)', () => {
  const half = path.join(models, 'half.bin');
  copyFileSync(smol, half);
  truncateSync(half, 1_000_000);
  expect(() => placeBundledModel({ TUNESMITH_BUNDLE_MODEL: half }, models)).toThrow(/is no model of the catalogue/);
  rmSync(half);
  expect(() => placeBundledModel({ TUNESMITH_BUNDLE_MODEL: half }, models)).toThrow(/is not there/);
  expect(readdirSync(models)).toEqual(['practice.gguf']);
});

test.skipIf(!existsSync(gemma))('a model that nobody knows to the byte stops it, too (not fetched: skipped)', () => {
  expect(() => placeBundledModel({ TUNESMITH_BUNDLE_MODEL: gemma }, models)).toThrow(/no model of the catalogue/);
});
