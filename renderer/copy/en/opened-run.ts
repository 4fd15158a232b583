/** A run file that was opened by a double click. */
export const openedRun = {
  title: 'Add this run to your list?',
  failed: 'This file cannot be added',
  reading: 'Reading the file',
  why: 'Somebody saved this run as a file. Adding it copies its examples, its record and what was learned into your data folder. Nothing of it is run.',
  known: 'This run is in your list already.',
  file: 'File',
  name: 'Run',
  made: 'Started',
  examples: 'Examples',
  base: 'Model',
  programTitle: 'Its answers were judged by a program.',
  program:
    'It is shown here as it came with the file. Adding the run does not start it, and it never runs before you have allowed it in a project.',
  more: (count: number) => (count === 1 ? 'One more file is waiting.' : `${count} more files are waiting.`),
  add: 'Add it',
  show: 'Show it',
  not: 'Not now',
  close: 'Close',
} as const;
