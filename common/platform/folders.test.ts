import { expect, test } from 'vitest';
import { dataFolder } from './folders.ts';
import type { Host } from './host.ts';

const linux = (env: Host['env'] = {}): Host => ({ platform: 'linux', arch: 'x64', env, home: '/home/ada' });
const windows = (env: Host['env'] = {}): Host => ({ platform: 'win32', arch: 'x64', env, home: 'C:\\Users\\Ada' });
const mac = (env: Host['env'] = {}): Host => ({ platform: 'darwin', arch: 'arm64', env, home: '/Users/ada' });

test.each([
  ['Linux', linux(), '/home/ada/.local/share/tunesmith'],
  ['Linux with XDG', linux({ XDG_DATA_HOME: '/data' }), '/data/tunesmith'],
  [
    'Linux with a relative XDG, which the specification ignores',
    linux({ XDG_DATA_HOME: 'data' }),
    '/home/ada/.local/share/tunesmith',
  ],
  ['macOS', mac({ XDG_DATA_HOME: '/data' }), '/Users/ada/Library/Application Support/Tunesmith'],
  ['Windows', windows({ APPDATA: 'C:\\Users\\Ada\\AppData\\Roaming' }), 'C:\\Users\\Ada\\AppData\\Roaming\\Tunesmith'],
  ['Windows without APPDATA', windows(), 'C:\\Users\\Ada\\AppData\\Roaming\\Tunesmith'],
  ['Windows, the name in other case', windows({ AppData: 'D:\\Roaming' }), 'D:\\Roaming\\Tunesmith'],
  ['chosen', linux({ TUNESMITH_HOME: '/mnt/t', XDG_DATA_HOME: '/data' }), '/mnt/t'],
  ['chosen, with a tilde', linux({ TUNESMITH_HOME: '~/t' }), '/home/ada/t'],
  ['chosen, with a tilde on Windows', windows({ TUNESMITH_HOME: '~\\t' }), 'C:\\Users\\Ada\\t'],
  ['chosen, a tilde inside a name stays', linux({ TUNESMITH_HOME: '/a~/t' }), '/a~/t'],
  ['empty counts as unset', linux({ TUNESMITH_HOME: '' }), '/home/ada/.local/share/tunesmith'],
])('%s', (_name, host, expected) => {
  expect(dataFolder(host)).toBe(expected);
});
