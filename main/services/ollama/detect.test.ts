import { expect, test } from 'vitest';
import type { Host } from '#common/platform/host.ts';
import { toFailure } from '#common/domain/errors.ts';
import { fakeOllama } from '../../../tests/support/ollama-fake.ts';
import { detectOllama, handInstallAdvice, isTooOld, requireOllama, type OllamaStatus } from './detect.ts';

const host = (env: Host['env'], platform: Host['platform'] = 'linux'): Host => ({
  platform,
  arch: 'x64',
  env,
  home: '/home/anna',
});
/** Nothing listens on port 1. */
const nowhere = '127.0.0.1:1';

test('finds a running server and its version', async () => {
  await using fake = await fakeOllama();
  expect(await detectOllama({ host: host({ OLLAMA_HOST: fake.address }) })).toEqual({
    state: 'running',
    server: { address: fake.address, version: '0.34.0' },
  });
});

test('tells an old one, and something that is not Ollama', async () => {
  await using old = await fakeOllama({ version: '0.5.1' });
  const status = await detectOllama({ host: host({ OLLAMA_HOST: old.address }) });
  expect(status.state).toBe('too-old');
  expect(() => requireOllama(status)).toThrow(/0\.5\.1 is too old/);
  await using stranger = await fakeOllama({ version: null });
  expect((await detectOllama({ host: host({ OLLAMA_HOST: stranger.address }) })).state).toBe('stranger');
});

test.each([
  ['linux', { PATH: '/usr/bin' }, '/usr/bin/ollama'],
  ['linux', { PATH: '' }, '/etc/systemd/system/ollama.service'],
  ['darwin', { PATH: '/usr/bin' }, '/Applications/Ollama.app'],
  [
    'win32',
    { Path: 'C:\\Windows', LOCALAPPDATA: 'C:\\Users\\anna\\AppData\\Local' },
    'C:\\Users\\anna\\AppData\\Local\\Programs\\Ollama\\ollama.exe',
  ],
] as const)('on %s an installed Ollama that does not run is stopped, not missing', async (platform, env, installed) => {
  const options = { host: host({ ...env, OLLAMA_HOST: nowhere }, platform) };
  expect(await detectOllama({ ...options, exists: (path) => path === installed })).toEqual({
    state: 'stopped',
    address: `http://${nowhere}`,
    found: installed,
  });
  expect(await detectOllama({ ...options, exists: () => false })).toMatchObject({ state: 'missing' });
});

test.each<[OllamaStatus, string]>([
  [{ state: 'too-old', server: { address: 'x', version: '0.1.0' } }, 'ollama-too-old'],
  [{ state: 'stranger', address: 'x' }, 'ollama-unreachable'],
  [{ state: 'stopped', address: 'x', found: '/usr/bin/ollama' }, 'ollama-unreachable'],
  [{ state: 'unreachable', address: 'x' }, 'ollama-unreachable'],
  [{ state: 'missing', address: 'x' }, 'ollama-missing'],
])('says what to do: %o', (status, code) => {
  let thrown: unknown;
  try {
    requireOllama(status);
  } catch (error) {
    thrown = error;
  }
  expect(toFailure(thrown)).toMatchObject({ code, advice: expect.stringMatching(/\w{4}/) });
  expect(handInstallAdvice(status, '/tmp/out', 'helper')).toContain('ollama create helper -f Modelfile');
});

test.each([
  ['0.12.10', true],
  ['0.12.11', false],
  ['0.12.12-rc1', false],
  ['0.34.0', false],
  ['1.0.0', false],
  ['0.5.13', true],
  ['0.0.0', false],
  ['dev', false],
])('version %s is too old: %s', (version, tooOld) => {
  expect(isTooOld(version)).toBe(tooOld);
});
