import type { ErrorCode } from '#common/domain/errors.ts';

/** A training that a problem ended: what happened, what is safe, what to do next. */
export const stopped = {
  titles: {
    'out-of-memory': 'Paused: there was not enough memory',
    'disk-full': 'Paused: the disk is full',
    'process-died': 'Paused: the training engine ended',
    'training-diverged': 'It went astray, and was stopped',
    'device-unavailable': 'Paused: the device cannot be used',
  } as Readonly<Partial<Record<ErrorCode, string>>>,
  lede: (saved: number, total: number) =>
    saved === 0
      ? 'Your examples and the model are as they were.'
      : `Nothing is lost. The first ${saved} of ${total} updates are saved.`,
  why: 'Why',
  next: 'What next?',
  safe: 'What is safe',
  saved: (update: number) => `Update ${update} is saved`,
  best: (update: number, right: string) => `Best version so far: update ${update}, ${right}`,
  examples: (count: string) => `Your ${count} examples are untouched`,
  lost: (updates: number) => (updates === 1 ? 'Lost: 1 update' : `Lost: ${updates} updates`),
  nothingSaved: 'Nothing was saved yet',
  details: 'Details for a bug report',
  leave: 'Leave it',
  left: (time: string) => `about ${time} left`,
  ways: {
    less: {
      title: 'Use less memory and go on',
      why: 'Computes in smaller parts, and some things twice. Same result, slower.',
      do: 'Go on with less memory',
    },
    again: { title: 'I have closed other programs, try again', why: 'With everything as it was.', do: 'Try again' },
    room: { title: 'I have made room, go on', why: 'Old runs can be deleted under All runs.', do: 'Go on' },
    retry: { title: 'Go on', why: 'From the last saved update, with everything as it was.', do: 'Go on' },
    processor: {
      title: 'Go on with the processor',
      why: 'Leaves the graphics card alone. Slower, and you can switch back at any time.',
      do: 'Go on with the processor',
    },
    calmer: {
      title: 'Train anew with half the learning rate',
      why: 'A new run with smaller steps; this one stays under All runs.',
      do: 'Train anew',
    },
    smaller: {
      title: 'Choose a smaller model',
      why: 'Back to the first step. Examples and settings stay.',
      do: 'Choose a model',
    },
  },
} as const;
