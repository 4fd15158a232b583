import { expect, test } from 'vitest';
import type { Host } from '#common/platform/host.ts';
import type { OllamaStatus } from './detect.ts';
import { ollamaStart } from './start.ts';

const stopped: OllamaStatus = { state: 'stopped', address: 'http://127.0.0.1:11434', found: '/somewhere' };
const on = (platform: Host['platform'], env: Host['env'], home: string): Host => ({ platform, arch: 'x64', env, home });

test('under Linux the program on PATH is started, unless a service of the system stands behind it', () => {
  const host = on('linux', { PATH: '/home/kim/bin:/usr/bin' }, '/home/kim');
  const program = (path: string) => path === '/home/kim/bin/ollama';
  expect(ollamaStart(host, stopped, program)).toEqual({ program: '/home/kim/bin/ollama', args: ['serve'] });
  const service = (path: string) => program(path) || path === '/etc/systemd/system/ollama.service';
  expect(ollamaStart(host, stopped, service)).toBeUndefined();
});

test('on a Mac its app is opened; without the app, its program is run', () => {
  const host = on('darwin', { PATH: '/opt/homebrew/bin' }, '/Users/kim');
  expect(ollamaStart(host, stopped, () => true)).toEqual({
    program: '/usr/bin/open',
    args: ['-g', '-a', '/Applications/Ollama.app'],
  });
  const brew = (path: string) => path === '/opt/homebrew/bin/ollama';
  expect(ollamaStart(host, stopped, brew)).toEqual({ program: '/opt/homebrew/bin/ollama', args: ['serve'] });
});

test('under Windows the program of its installer is run', () => {
  const local = 'C:\\Users\\Kim\\AppData\\Local';
  const host = on('win32', { LOCALAPPDATA: local, PATH: 'C:\\Windows', PATHEXT: '.EXE' }, 'C:\\Users\\Kim');
  const program = `${local}\\Programs\\Ollama\\ollama.exe`;
  expect(ollamaStart(host, stopped, (path) => path === program)).toEqual({ program, args: ['serve'] });
});

test('one that runs, or is not there, is not started', () => {
  const host = on('linux', { PATH: '/usr/bin' }, '/home/kim');
  expect(ollamaStart(host, { state: 'missing', address: stopped.address }, () => true)).toBeUndefined();
  expect(ollamaStart(host, stopped, () => false)).toBeUndefined();
});
