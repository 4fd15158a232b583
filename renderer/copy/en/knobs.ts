import type { Recipe } from '#common/domain/recipe.ts';

type Words = readonly [group: 'adapter' | 'learning' | 'examples' | 'tests' | 'computer', label: string, hint: string];

/** Names of the settings for experts, each with one line of help. */
const labels = {
  preset: ['learning', 'Preset', ''],
  rank: ['adapter', 'Rank', 'Room to learn. 8 to 64 is usual'],
  alpha: ['adapter', 'Alpha', 'How strongly it counts. Usually twice the rank'],
  targets: ['adapter', 'Layers', 'Which layers of the model learn: all seven is usual'],
  dropout: ['adapter', 'Dropout', 'Share of inputs dropped at random. Rarely helps'],
  learningRate: ['learning', 'Learning rate', 'How big each step of learning is'],
  schedule: ['learning', 'Schedule', 'How the learning rate falls to the end'],
  warmup: ['learning', 'Warm-up', 'Share of the updates in which the rate rises'],
  epochs: ['learning', 'Passes (epochs)', 'How often every example is read'],
  batchSize: ['learning', 'Batch', 'Examples per update'],
  weightDecay: ['learning', 'Weight decay', 'Pull of what is learned towards zero'],
  clipNorm: ['learning', 'Gradient clip', 'Longer steps than this are shortened'],
  maxTokens: ['examples', 'Longest (tokens)', 'Longer examples are cut here'],
  heldOut: ['examples', 'Held out', 'Share of the examples kept for testing'],
  seed: ['examples', 'Seed', 'Equal seeds give equal runs'],
  promptWeight: ['examples', 'Weight of the question', '0%: only the answers are learned'],
  chatTemplate: ['examples', 'Chat template', 'gemma, llama3, chatml or plain; empty: the model’s own'],
  check: ['tests', 'Check', ''],
  evaluationsPerEpoch: ['tests', 'Checks per pass', 'How often its answers are checked'],
  maxAnswers: ['tests', 'Questions per check', 'Held-out questions answered at each check'],
  maxAnswerTokens: ['tests', 'Longest answer (tokens)', 'Longer answers are broken off'],
  checkpointEvery: ['tests', 'Updates between saves', 'A crash loses so many at most'],
  device: ['computer', 'Device', 'Where to compute'],
  threads: ['computer', 'Threads', 'Processor threads, or auto'],
  gradientCheckpointing: ['computer', 'Save memory', 'Needs less memory by computing some things twice'],
  packedWeights: ['computer', 'Prepared weights', 'Faster on a processor, in about twice the memory'],
  packTokens: ['computer', 'Tokens at a time', 'Fewer need less memory, and take longer'],
} as const satisfies Record<keyof Recipe, Words>;

export const knobs = {
  labels: labels as Record<keyof Recipe, Words>,
  groups: {
    adapter: 'Adapter (LoRA)',
    learning: 'Learning',
    examples: 'Examples',
    tests: 'Tests on the way',
    computer: 'Computer',
  } satisfies Record<Words[0], string>,
  choices: {
    cosine: 'Cosine',
    linear: 'Linear',
    constant: 'Constant',
    auto: 'Automatic',
    cpu: 'Processor',
    cuda: 'NVIDIA card (CUDA)',
    metal: 'Apple graphics (Metal)',
    vulkan: 'Graphics card (Vulkan)',
    on: 'On',
    off: 'Off',
  } as Readonly<Record<string, string>>,
  range: (least: string, most: string) => `From ${least} to ${most}`,
  atLeast: (least: string) => `${least} or more`,
  whole: 'A whole number',
  unreadable: 'This cannot be read as a value',
  updatesInAll: (updates: string) => `${updates} updates in all`,
  resetOne: (label: string) => `Reset ${label}`,
} as const;
