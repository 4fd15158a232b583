import { expect, test } from 'vitest';
import { squirrelRequest } from './squirrel.ts';

const executable = String.raw`C:\Users\Ada\AppData\Local\tunesmith\app-0.1.0\tunesmith.exe`;
const update = String.raw`C:\Users\Ada\AppData\Local\tunesmith\Update.exe`;
const asked = (...words: string[]): ReturnType<typeof squirrelRequest> =>
  squirrelRequest('win32', [executable, ...words], executable);

test('the installer’s words are answered without a window', () => {
  expect(asked('--squirrel-install', '0.1.0')).toEqual({ command: [update, '--createShortcut=tunesmith.exe'] });
  expect(asked('--squirrel-updated', '0.2.0')).toEqual({ command: [update, '--createShortcut=tunesmith.exe'] });
  expect(asked('--squirrel-uninstall', '0.1.0')).toEqual({ command: [update, '--removeShortcut=tunesmith.exe'] });
  expect(asked('--squirrel-obsolete', '0.1.0')).toEqual({ command: null });
});

test('a person’s start is one', () => {
  expect(asked()).toBeNull();
  expect(asked('--squirrel-firstrun')).toBeNull();
  expect(asked(String.raw`C:\models\a.gguf`)).toBeNull();
  expect(squirrelRequest('linux', ['tunesmith', '--squirrel-install'], '/usr/lib/tunesmith/tunesmith')).toBeNull();
});
