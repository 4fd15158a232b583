/** Parts that the installers do not carry. */
export const additions = {
  cuda: 'CUDA for NVIDIA cards',
  why: 'This computer has an NVIDIA card. It works through Vulkan already; with CUDA’s part of llama.cpp it may be faster. That part is larger than Tunesmith itself, so it is added only if you want it.',
  size: 'Size',
  sizes: (download: string, disk: string) => `${download} to download, ${disk} on the disk`,
  from: 'From',
  license: 'Licence',
  print: 'Checked by',
  printOf: (beginning: string) => `SHA-512 ${beginning}… of the archive, and SHA-256 of the library before each use`,
  add: 'Add it',
  resume: 'Go on',
  pause: 'Pause',
  discard: 'Throw away what arrived',
  downloading: 'Downloading CUDA’s part',
  checking: 'Checking and unpacking',
  ofBytes: (done: string, total: string) => `${done} of ${total}`,
  paused: (done: string) => `Paused at ${done}`,
  ready: 'CUDA’s part is here',
  readyWhy:
    'Tunesmith uses it from the first start after it was added. Below you see whether the card is found by it; it must pass the same self-test as every card.',
  remove: 'Remove it',
  removed: (size: string) => `${size} freed. It counts from the next start.`,
  changed: 'It is not used: the file was changed',
  changedWhy: 'It is no longer what was published. Remove it and add it again.',
  deaths: 'It is not used: it ended Tunesmith’s engine',
  deathsWhy:
    'Twice the engine ended while it woke the card, so it now goes on without CUDA. A newer driver may help; then try again.',
  retry: 'Try it again',
  notOffered: {
    'no-build':
      'This computer has an NVIDIA card. For this system there is no checked CUDA part to add: the card works through Vulkan.',
    'no-cuda':
      'This computer has an NVIDIA card, which works through Vulkan. CUDA could be added if NVIDIA’s own libraries were installed (the CUDA toolkit or runtime, version 12 or 13: libcudart and libcublas).',
  },
} as const;
