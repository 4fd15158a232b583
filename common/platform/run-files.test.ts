import { expect, test } from 'vitest';
import { registerRunFiles, runFilesAmong, unregisterRunFiles } from './run-files.ts';

test('run files among the words of a start: paths, relative ones, addresses; each once', () => {
  expect(
    runFilesAmong(
      ['/usr/lib/tunesmith/tunesmith', '/home/ada/a b.tunesmith', 'c.TUNESMITH', 'file:///home/ada/a%20b.tunesmith'],
      '/home/ada/work',
    ),
  ).toEqual(['/home/ada/a b.tunesmith', '/home/ada/work/c.TUNESMITH']);
});

test.each([
  ['a switch', '--open=x.tunesmith'],
  ['another kind of file', '/home/ada/model.gguf'],
  ['the web', 'https://example.org/x.tunesmith'],
  ['a share of another computer', 'smb://nas/x.tunesmith'],
  ['a file of another computer', 'file://nas/x.tunesmith'],
  ['an address that is none', 'file://%/x.tunesmith'],
])('%s is not one', (_what, word) => {
  expect(runFilesAmong([word], '/')).toEqual([]);
});

test('Windows: for this person alone, quoted, and taken back without touching what others wrote', () => {
  const executable = String.raw`C:\Users\Ada B\AppData\Local\tunesmith\app-0.1.0\tunesmith.exe`;
  const written = registerRunFiles(executable);
  expect(
    written.every(([program, verb, key]) => program === 'reg.exe' && verb === 'add' && key!.startsWith('HKCU\\')),
  ).toBe(true);
  expect(written).toContainEqual([
    ...['reg.exe', 'add', String.raw`HKCU\Software\Classes\Tunesmith.Run\shell\open\command`, '/ve', '/t', 'REG_SZ'],
    ...['/d', `"${executable}" "%1"`, '/f'],
  ]);
  const removed = unregisterRunFiles();
  expect(removed.filter(([, , key, option]) => key!.endsWith('.tunesmith') && option !== '/ve')).toEqual([]);
  expect(removed).toContainEqual(['reg.exe', 'delete', String.raw`HKCU\Software\Classes\Tunesmith.Run`, '/f']);
});
