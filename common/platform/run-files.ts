/** A run that was saved as one file, as the system knows it: its ending, its type, and how it is handed to the app by a double click. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const runFileExtension = 'tunesmith';
/** MIME type on Linux. Below it lies a ZIP archive. */
export const runFileType = 'application/x-tunesmith-run';
/** Uniform type identifier on macOS. */
export const runFileUti = 'io.github.tunesmith-app.run';
/** What the system shows as the kind of such a file. */
export const runFileKind = 'Tunesmith run';

/**
 * The run files among the words that a program was started with. The system hands over paths or `file:` addresses; a relative path counts from
 * `folder`. Switches, and files of other kinds, are not looked at.
 */
export function runFilesAmong(words: readonly string[], folder: string): readonly string[] {
  const files = words
    .filter((word) => !word.startsWith('-') && isRunFile(word))
    .flatMap((word) => pathOf(word))
    .map((file) => path.resolve(folder, file));
  return [...new Set(files)];
}

export function isRunFile(name: string): boolean {
  return name.toLowerCase().endsWith(`.${runFileExtension}`);
}

/** Nothing for an address of another kind: what lies on a network is not fetched. */
function pathOf(word: string): readonly string[] {
  // A single letter is a drive of Windows.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(word)) return [word];
  try {
    const url = new URL(word);
    return url.protocol === 'file:' && url.host === '' ? [fileURLToPath(url)] : [];
  } catch {
    return [];
  }
}

type Command = readonly [program: string, ...args: string[]];

const classes = String.raw`HKCU\Software\Classes`;
const programId = 'Tunesmith.Run';

/**
 * For Windows: what makes Explorer open run files with `executable`, for this person alone. Written again at each update, whose folder has
 * another name.
 */
export function registerRunFiles(executable: string): readonly Command[] {
  const set = (key: string, name: string | null, value: string): Command => [
    'reg.exe',
    ...['add', `${classes}\\${key}`, ...(name === null ? ['/ve'] : ['/v', name]), '/t', 'REG_SZ', '/d', value, '/f'],
  ];
  return [
    set(programId, null, runFileKind),
    set(String.raw`${programId}\DefaultIcon`, null, `"${executable}",0`),
    set(String.raw`${programId}\shell\open\command`, null, `"${executable}" "%1"`),
    set(`.${runFileExtension}`, null, programId),
    set(String.raw`.${runFileExtension}\OpenWithProgids`, programId, ''),
  ];
}

/** Takes back what `registerRunFiles` wrote, and nothing of another program's. */
export function unregisterRunFiles(): readonly Command[] {
  return [
    ['reg.exe', 'delete', `${classes}\\${programId}`, '/f'],
    ['reg.exe', 'delete', String.raw`${classes}\.${runFileExtension}\OpenWithProgids`, '/v', programId, '/f'],
    ['reg.exe', 'delete', `${classes}\\.${runFileExtension}`, '/ve', '/f'],
  ];
}
