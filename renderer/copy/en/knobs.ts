import type { Recipe } from '#common/domain/recipe.ts';

type Words = readonly [group: 'adapter' | 'learning' | 'examples' | 'tests' | 'computer', label: string];

/** Names of the settings for experts; the one line of help comes with each knob. */
const labels = {
  preset: ['learning', 'Preset'],
  rank: ['adapter', 'Rank'],
  alpha: ['adapter', 'Alpha'],
  targets: ['adapter', 'Layers'],
  dropout: ['adapter', 'Dropout'],
  learningRate: ['learning', 'Learning rate'],
  schedule: ['learning', 'Schedule'],
  warmup: ['learning', 'Warm-up'],
  epochs: ['learning', 'Passes (epochs)'],
  batchSize: ['learning', 'Batch'],
  weightDecay: ['learning', 'Weight decay'],
  clipNorm: ['learning', 'Gradient clip'],
  maxTokens: ['examples', 'Longest (tokens)'],
  heldOut: ['examples', 'Held out'],
  seed: ['examples', 'Seed'],
  promptWeight: ['examples', 'Weight of the question'],
  chatTemplate: ['examples', 'Chat template'],
  check: ['tests', 'Check'],
  evaluationsPerEpoch: ['tests', 'Checks per pass'],
  maxAnswers: ['tests', 'Questions per check'],
  maxAnswerTokens: ['tests', 'Longest answer (tokens)'],
  checkpointEvery: ['tests', 'Updates between saves'],
  device: ['computer', 'Device'],
  threads: ['computer', 'Threads'],
  gradientCheckpointing: ['computer', 'Save memory'],
  packTokens: ['computer', 'Tokens at a time'],
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
} as const;
