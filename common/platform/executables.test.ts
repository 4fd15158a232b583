import { expect, test } from 'vitest';
import { executableCandidates, findExecutable, ollamaCandidates, ollamaTraces } from './executables.ts';
import type { Host } from './host.ts';

const linux: Host = { platform: 'linux', arch: 'x64', env: { PATH: '/opt/bin::/usr/bin' }, home: '/home/ada' };
const windows: Host = {
  platform: 'win32',
  arch: 'x64',
  env: { Path: 'C:\\Tools;"C:\\Program Files\\Go"', PATHEXT: '.EXE;.CMD', LOCALAPPDATA: 'C:\\L' },
  home: 'C:\\Users\\Ada',
};
const mac: Host = { platform: 'darwin', arch: 'arm64', env: {}, home: '/Users/ada' };

test('on POSIX every folder of PATH is tried, but never the working folder', () => {
  expect(executableCandidates(linux, 'ollama')).toEqual(['/opt/bin/ollama', '/usr/bin/ollama']);
  expect(executableCandidates(linux, './compile')).toEqual(['./compile']);
});

test('on Windows every ending of PATHEXT is tried, and quotes around a folder are dropped', () => {
  expect(executableCandidates(windows, 'go')).toEqual([
    'C:\\Tools\\go.exe',
    'C:\\Tools\\go.cmd',
    'C:\\Program Files\\Go\\go.exe',
    'C:\\Program Files\\Go\\go.cmd',
  ]);
  expect(executableCandidates(windows, 'go.exe')).toEqual(['C:\\Tools\\go.exe', 'C:\\Program Files\\Go\\go.exe']);
  expect(executableCandidates(windows, 'bin\\go')).toEqual(['bin\\go.exe', 'bin\\go.cmd']);
  expect(executableCandidates({ ...windows, env: { PATH: 'C:\\T' } }, 'go')).toHaveLength(4);
});

test('findExecutable takes the first that is there', () => {
  expect(findExecutable(linux, 'ollama', (path) => path.startsWith('/usr'))).toBe('/usr/bin/ollama');
  expect(findExecutable(linux, 'ollama', () => false)).toBeUndefined();
});

test("Ollama's installers' places come after PATH", () => {
  expect(ollamaCandidates(linux).slice(0, 3)).toEqual(['/opt/bin/ollama', '/usr/bin/ollama', '/usr/local/bin/ollama']);
  expect(ollamaCandidates(windows).at(-1)).toBe('C:\\L\\Programs\\Ollama\\ollama.exe');
  expect(ollamaCandidates(mac)[0]).toBe('/Applications/Ollama.app/Contents/Resources/ollama');
  expect(ollamaTraces(mac)).toEqual(['/Applications/Ollama.app']);
  expect(ollamaTraces(linux)).toEqual(['/etc/systemd/system/ollama.service']);
  expect(ollamaTraces(windows)).toEqual([]);
});
