import { expect, test } from 'vitest';
import type { Host } from './host.ts';
import { childStopSteps, stopSignals, treeKill } from './stopping.ts';

const linux: Host = { platform: 'linux', arch: 'x64', env: {}, home: '/home/ada' };
const mac: Host = { ...linux, platform: 'darwin' };
const windows: Host = { platform: 'win32', arch: 'x64', env: { SystemRoot: 'D:\\Windows' }, home: 'C:\\Users\\Ada' };

test('Ctrl-C is heard everywhere, SIGTERM only where it exists', () => {
  for (const host of [linux, mac, windows]) expect(stopSignals(host)[0]).toBe('SIGINT');
  expect(stopSignals(linux)).toContain('SIGTERM');
  expect(stopSignals(mac)).toContain('SIGTERM');
  expect(stopSignals(windows)).not.toContain('SIGTERM');
});

test('a child is asked before it is killed', () => {
  expect(childStopSteps(linux).map((step) => (step.kind === 'signal' ? step.signal : step.kind))).toEqual([
    'message',
    'SIGTERM',
    'SIGKILL',
  ]);
  expect(childStopSteps(windows).map((step) => step.kind)).toEqual(['message', 'signal']);
});

test('a whole tree of processes ends', () => {
  expect(treeKill(mac, 7)).toEqual({ kind: 'group', signal: 'SIGKILL' });
  expect(treeKill(windows, 7)).toEqual({
    kind: 'command',
    program: 'D:\\Windows\\System32\\taskkill.exe',
    args: ['/PID', '7', '/T', '/F'],
  });
});
