import type { StepId } from '#common/contract/app/drafts.ts';
import type { Loss } from '../../api/loss.ts';
import type { StepState } from '../../state/steps.ts';

export const ui = {
  close: 'Close',
  cancel: 'Cancel',
  again: 'Try again',
  more: 'More',
  previous: 'Previous',
  next: 'Next',
  loading: 'One moment…',
  copied: 'Copied.',
  copy: 'Copy',
  up: 'The folder above',
  folderEmpty: 'This folder holds no visible files.',
  useFolder: 'Use this folder',
  details: 'Details for a bug report',
  asTable: 'Show as a table',
} as const;

export const shell = {
  name: 'Tunesmith',
  skip: 'Skip to content',
  allRuns: 'All runs',
  stepsOfThis: 'Steps',
  youAreHere: 'You are here',
  actions: 'Step actions',
  savedAsYouGo: 'Saved as you go',
  memory: 'Memory',
  memoryFree: (free: string, total: string) => `${free} of ${total} free`,
  memoryName: (used: string, total: string) => `Memory: ${used} of ${total} in use`,
  private: 'Nothing leaves this computer',
  settings: 'Settings',
  runs: 'Runs',
  untitled: 'Untitled',
  connecting: 'Connecting to Tunesmith…',
  losses: {
    ended: ['Tunesmith has ended', 'Start it again. What was saved is safe; a training goes on where it stopped.'],
    renewed: [
      'Tunesmith was started again',
      'Open the address that it printed: this window belongs to the time before.',
    ],
    elsewhere: ['Tunesmith is open in another window', 'Only one window at a time can work on your runs.'],
    unknown: ['The connection to Tunesmith is gone', 'Training goes on. This window tries again every second.'],
  } satisfies Record<Loss, readonly [string, string]>,
  useHere: 'Use it here',
  broken: 'This window could not go on',
  brokenWhy:
    'Something in it broke that should not have. Your examples, settings and runs are kept outside it, and training goes on.',
  brokenAgain: 'Open it again',
  training: 'Training now',
  watch: 'Watch',
  rename: 'Name of this project',
} as const;

export const steps: Record<StepId, string> = {
  model: 'Model',
  examples: 'Examples',
  preview: 'Preview',
  train: 'Train',
  shrink: 'Shrink',
  install: 'Install',
  compare: 'Compare',
};

export const stepWords = {
  locked: 'not yet available',
  ready: '',
  done: 'done',
  running: 'in progress',
  attention: 'needs a look',
  failed: 'failed',
} as const satisfies Record<StepState, string>;
