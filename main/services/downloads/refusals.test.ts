import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { modelBytes, modelFile, openDownloadBench, type DownloadBench } from '../../../tests/support/download-bench.ts';

let bench: DownloadBench;
beforeEach(() => {
  bench = openDownloadBench();
});
afterEach(() => bench[Symbol.asyncDispose]());
const hostWith: DownloadBench['hostWith'] = (behaviour) => bench.hostWith(behaviour);
const benchFor: DownloadBench['benchFor'] = (...args) => bench.benchFor(...args);

describe('what must not get in', () => {
  test('another digest than the catalogue knows: refused before a byte of it is fetched', async () => {
    const host = await hostWith();
    const one = benchFor(host, { sha256: 'a'.repeat(64) });
    expect(await one.finish()).toMatchObject({ phase: 'absent', failure: { code: 'download-refused' } });
    expect(existsSync(one.part)).toBe(false);
  });

  test('what arrives is not what was published: thrown away', async () => {
    const host = await hostWith({ publishes: false });
    const one = benchFor(host, { sha256: 'a'.repeat(64) });
    expect(await one.finish()).toMatchObject({
      phase: 'absent',
      failure: { code: 'download-damaged', message: expect.stringContaining('SHA-256') as string },
    });
    expect(existsSync(one.target) || existsSync(one.part)).toBe(false);
  });

  test('nobody says what the file must be: not fetched', async () => {
    const one = benchFor(await hostWith({ publishes: false }));
    expect(await one.finish()).toMatchObject({ phase: 'absent', failure: { code: 'download-refused' } });
  });

  test('a web page in place of a model (a login page of a hotel): noticed at its first bytes', async () => {
    const host = await hostWith({ file: Buffer.from('<!doctype html><title>Wi-Fi</title>'.padEnd(modelBytes)) });
    const one = benchFor(host);
    expect(await one.finish()).toMatchObject({ phase: 'absent', failure: { code: 'download-damaged' } });
    expect(existsSync(one.part)).toBe(false);
  });

  test('no model inside, though the digest is right: refused by the reader of models', async () => {
    const validate = () => Promise.reject(new TunesmithError('file-corrupt', 'It is damaged.'));
    const one = benchFor(await hostWith(), {}, { validate });
    expect(await one.finish()).toMatchObject({ failure: { code: 'file-corrupt' } });
    expect(existsSync(one.target)).toBe(false);
  });

  test.each([
    'http://example.com/model.gguf',
    'https://example.com/model.gguf',
    'https://huggingface.co/a/b/resolve/main/model.gguf',
    'file:///etc/passwd',
    'http://name:word@127.0.0.1:9/model.gguf',
  ])('a redirect to %s is not followed', async (redirectTo) => {
    const one = benchFor(await hostWith({ redirectTo }));
    expect(await one.finish()).toMatchObject({
      phase: 'absent',
      failure: { code: 'download-refused', message: expect.stringContaining('trust') as string },
    });
  });

  test('redirects in a circle end', async () => {
    const one = benchFor(await hostWith({ redirectTo: '/repo/resolve/main/model.gguf' }));
    expect(await one.finish()).toMatchObject({ failure: { code: 'download-refused' } });
  });

  test('plain http to another computer is not even asked', async () => {
    const one = benchFor({ url: 'http://example.com/model.gguf' });
    expect(await one.finish()).toMatchObject({ failure: { code: 'download-refused' } });
  });

  test('far larger than the catalogue says: refused before it is fetched', async () => {
    const host = await hostWith();
    const one = benchFor(host, { bytes: 1000 }, {});
    host.behaviour.file = modelFile(1, 11_000_000);
    expect(await one.finish()).toMatchObject({
      failure: { code: 'download-refused', message: expect.stringContaining('larger') as string },
    });
  });
});
