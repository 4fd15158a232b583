import path from 'node:path';
import { expect, test } from 'vitest';
import { currentHost, envValue, pathRules, type Host } from './host.ts';

test('the current host has a home', () => {
  const host = currentHost();
  expect(path.isAbsolute(host.home)).toBe(true);
  expect(host.platform).toBe(process.platform);
});

test('names of variables ignore case on Windows only', () => {
  const windows: Host = { platform: 'win32', arch: 'x64', env: { Path: 'C:\\x', EMPTY: '' }, home: 'C:\\' };
  expect(envValue(windows, 'PATH')).toBe('C:\\x');
  expect(envValue(windows, 'EMPTY')).toBeUndefined();
  expect(envValue({ ...windows, platform: 'linux' }, 'PATH')).toBeUndefined();
});

test('path rules follow the host, not this machine', () => {
  const host: Host = { platform: 'win32', arch: 'x64', env: {}, home: 'C:\\' };
  expect(pathRules(host).join('a', 'b')).toBe('a\\b');
  expect(pathRules({ ...host, platform: 'darwin' }).join('a', 'b')).toBe('a/b');
});
