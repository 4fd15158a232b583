import type { ErrorCode } from '#common/domain/errors.ts';

export interface ErrorCopy {
  /** What happened, in a few words. */
  readonly title: string;
  /** What to do next where the failure itself brings no advice. */
  readonly next: string;
}

/** An error without words does not compile. */
export const errors = {
  internal: {
    title: 'Something unexpected happened',
    next: 'Try again. If it happens again, please report it with this message.',
  },
  'bad-request': {
    title: 'That cannot be done this way',
    next: 'Correct what is named, then try again. Nothing was changed.',
  },
  'file-not-found': { title: 'The file is not there', next: 'Choose it again: it may have been moved or renamed.' },
  'file-not-readable': {
    title: 'The file cannot be read',
    next: 'Check that you may open it, or copy it somewhere else.',
  },
  'file-not-writable': { title: 'The file cannot be written', next: 'Choose another folder, or make room.' },
  'file-corrupt': { title: 'The file is damaged', next: 'Get it again from where it came, then choose it once more.' },
  'file-unsupported': {
    title: 'This kind of file cannot be used',
    next: 'Choose another file, or save it in another format.',
  },
  'disk-full': { title: 'The disk is full', next: 'Free some space, then go on. Nothing is lost.' },
  'data-empty': {
    title: 'No examples were found',
    next: 'Look at the rows that could not be used, or choose another format.',
  },
  'data-unusable': { title: 'This example cannot be learned', next: 'An example needs a question and an answer.' },
  'architecture-unsupported': { title: 'This kind of model cannot be taught here', next: 'Choose another model.' },
  'template-invalid': {
    title: 'The chat template cannot be used',
    next: 'Choose another one among the settings for experts.',
  },
  'out-of-memory': {
    title: 'There was not enough memory',
    next: 'Close other programs, or choose a smaller model. What was saved is safe.',
  },
  'device-unavailable': {
    title: 'That processor or graphics card cannot be used',
    next: 'Choose “auto” as the device among the settings for experts.',
  },
  'installation-damaged': {
    title: 'Tunesmith is not as it was installed',
    next: 'Install Tunesmith again. Your models, examples and runs stay where they are.',
  },
  'training-diverged': { title: 'The training went astray', next: 'Train again with a lower learning rate.' },
  'checkpoint-unreadable': { title: 'A saved state cannot be read', next: 'Start the training again.' },
  'process-died': { title: 'A part of Tunesmith ended unexpectedly', next: 'Try again. What was saved is safe.' },
  cancelled: { title: 'Cancelled', next: 'Start again whenever you like.' },
  'run-not-found': { title: 'This run is no longer there', next: 'Go back to all runs.' },
  'run-busy': { title: 'Something else is being worked on', next: 'Wait until it has finished, or stop it.' },
  'record-too-new': { title: 'The record is from a newer Tunesmith', next: 'Use that version.' },
  'record-damaged': {
    title: 'The record is damaged',
    next: 'Restart Tunesmith: it keeps the damaged one aside and begins a new one.',
  },
  'ollama-missing': { title: 'Ollama is not installed', next: 'Get it from ollama.com, or save the model as a file.' },
  'ollama-unreachable': { title: 'Ollama does not answer', next: 'Start Ollama, then try again.' },
  'ollama-too-old': { title: 'This Ollama is too old', next: 'Update Ollama, then try again.' },
  'ollama-refused': { title: 'Ollama refused', next: 'Read what it says, then try again.' },
  'ollama-interrupted': {
    title: 'Ollama stopped in the middle',
    next: 'Start Ollama, then install again. What was copied is not copied twice.',
  },
  'download-failed': {
    title: 'The download stopped',
    next: 'Check the connection, then resume: what arrived is kept.',
  },
  'download-refused': {
    title: 'The model cannot be had from there',
    next: 'Choose another model, or get the file yourself and choose it under “From a file”.',
  },
  'download-damaged': {
    title: 'What arrived is not the model',
    next: 'Download it again. Nothing of it was kept.',
  },
  'license-not-accepted': {
    title: 'The licence has not been accepted',
    next: 'Read it and accept it, or choose another model.',
  },
  'check-not-allowed': {
    title: 'This program was not allowed to run',
    next: 'Look at its command line and allow it, or choose another check.',
  },
  'update-check-failed': {
    title: 'No answer about new versions',
    next: 'Check the internet connection, or try later.',
  },
  'check-failed-to-run': {
    title: 'The check could not run',
    next: 'Try the check out on one answer, then correct it.',
  },
} as const satisfies Record<ErrorCode, ErrorCopy>;
