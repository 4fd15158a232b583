import { expect, test } from 'vitest';
import { squirrelRequest } from './squirrel.ts';

const executable = String.raw`C:\Users\Ada\AppData\Local\tunesmith\app-0.1.0\tunesmith.exe`;
const update = String.raw`C:\Users\Ada\AppData\Local\tunesmith\Update.exe`;
const asked = (...words: string[]): ReturnType<typeof squirrelRequest> =>
  squirrelRequest('win32', [executable, ...words], executable);

test('the installer’s words are answered without a window: who opens run files, and the shortcut', () => {
  const installed = asked('--squirrel-install', '0.1.0');
  expect(installed?.commands.at(-1)).toEqual([update, '--createShortcut=tunesmith.exe']);
  expect(installed?.commands).toContainEqual(expect.arrayContaining(['add', `"${executable}" "%1"`]));
  expect(asked('--squirrel-updated', '0.2.0')).toEqual(installed);
  const removed = asked('--squirrel-uninstall', '0.1.0');
  expect(removed?.commands.at(-1)).toEqual([update, '--removeShortcut=tunesmith.exe']);
  expect(removed?.commands.filter(([program, verb]) => program === 'reg.exe' && verb !== 'delete')).toEqual([]);
  expect(removed?.commands.length).toBeGreaterThan(1);
  expect(asked('--squirrel-obsolete', '0.1.0')).toEqual({ commands: [] });
});

test('a person’s start is one', () => {
  expect(asked()).toBeNull();
  expect(asked('--squirrel-firstrun')).toBeNull();
  expect(asked(String.raw`C:\models\a.gguf`)).toBeNull();
  expect(squirrelRequest('linux', ['tunesmith', '--squirrel-install'], '/usr/lib/tunesmith/tunesmith')).toBeNull();
});
