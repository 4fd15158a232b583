import type { StepId } from '#common/contract/app/drafts.ts';

/** Words of what the system shows for us: menus, dialogs, the tray, notifications. */
export const words = {
  name: 'Tunesmith',
  menu: {
    file: 'File',
    edit: 'Edit',
    go: 'Go',
    view: 'View',
    help: 'Help',
    about: 'About Tunesmith',
    settings: 'Settings',
    allRuns: 'All runs',
    back: 'Back one step',
    next: 'Next step',
    steps: {
      model: 'Model',
      examples: 'Examples',
      preview: 'Preview',
      train: 'Train',
      shrink: 'Shrink',
      install: 'Install',
      compare: 'Compare',
    } satisfies Record<StepId, string>,
    zoomIn: 'Larger',
    zoomOut: 'Smaller',
    zoomReset: 'Actual size',
    fullScreen: 'Full screen',
    developer: 'Developer tools',
    dataFolder: 'Open the data folder',
  },
  choose: {
    examples: 'Choose your examples',
    folder: 'Choose a folder with examples',
    model: 'Choose a model',
    saveRun: 'Save this run',
    examplesFiles: 'Examples',
    modelFiles: 'Models (GGUF)',
    runFiles: 'Tunesmith runs',
    allFiles: 'All files',
  },
  closing: {
    title: 'A training is going on',
    message: (title: string) => `“${title}” is still being trained.`,
    detail:
      'It can go on in the background while the window is closed. Or it is paused now: what it has learned is saved, and you go on with it later.',
    keep: 'Keep training in the background',
    pause: 'Pause and quit',
    cancel: 'Cancel',
    remember: 'Do this from now on (Settings can change it)',
  },
  tray: {
    training: (title: string, percent: number) => `Tunesmith: ${title}, ${percent}% trained`,
    idle: 'Tunesmith',
    open: 'Open Tunesmith',
    pause: 'Pause and quit',
    quit: 'Quit',
  },
  ended: {
    done: { title: 'Training is finished', body: (title: string) => `“${title}” is ready to be tried.` },
    failed: { title: 'Training has stopped', body: (title: string) => `“${title}”: open Tunesmith to see why.` },
  },
  crashed: {
    once: {
      message: 'The window had crashed and was opened again.',
      advice: 'Nothing is lost: what you do is saved as you go, and a training goes on.',
    },
    message: 'The window crashes again and again.',
    detail:
      'A training that is going on is not disturbed by it. You can try once more, or pause what is going on and quit.',
    again: 'Try once more',
    quit: 'Quit',
  },
  notResponding: {
    message: 'The window does not answer.',
    detail: 'You can wait for it, or open it again. Nothing that you entered is lost, and a training goes on.',
    wait: 'Wait',
    reload: 'Open it again',
  },
  notStarted: 'Tunesmith could not start',
} as const;
