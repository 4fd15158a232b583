import type { Knob } from '#common/contract/app/training.ts';
import { linearNames } from '#common/domain/recipe.ts';

/** Every knob of the recipe that a person may turn, usual ones first. Limits are those of the command line. */
export const knobs: readonly Knob[] = [
  { knob: 'rank', kind: 'whole', least: 1, most: 256, describe: 'size of the learned part (LoRA rank)' },
  { knob: 'alpha', kind: 'number', least: 0, describe: 'strength of the learned part; twice the rank is usual' },
  { knob: 'learningRate', kind: 'number', least: 0, most: 1, describe: 'how big each step of learning is' },
  { knob: 'epochs', kind: 'number', least: 0, most: 1000, describe: 'how often every example is read' },
  { knob: 'batchSize', kind: 'whole', least: 1, most: 4096, describe: 'examples per update' },
  {
    knob: 'maxTokens',
    kind: 'whole',
    least: 8,
    most: 1_048_576,
    describe: 'longer examples are cut to this many tokens',
  },
  { knob: 'heldOut', kind: 'share', least: 0, most: 0.5, describe: 'share of the examples kept for testing' },
  { knob: 'targets', kind: 'layers', choices: [...linearNames], describe: 'layers of the model that learn' },
  {
    knob: 'schedule',
    kind: 'choice',
    choices: ['cosine', 'linear', 'constant'],
    describe: 'how the learning rate falls',
  },
  { knob: 'warmup', kind: 'share', least: 0, most: 1, describe: 'share of the updates in which the rate rises' },
  {
    knob: 'dropout',
    kind: 'share',
    least: 0,
    most: 0.99,
    describe: 'share of inputs dropped at random while learning',
  },
  { knob: 'weightDecay', kind: 'number', least: 0, describe: 'pull of the learned weights towards zero' },
  { knob: 'clipNorm', kind: 'number', least: 0, describe: 'longest step that is taken as it is' },
  { knob: 'promptWeight', kind: 'share', least: 0, most: 1, describe: 'how much the questions are learned too' },
  { knob: 'evaluationsPerEpoch', kind: 'whole', least: 1, describe: 'how often the held-out examples are tried' },
  { knob: 'maxAnswerTokens', kind: 'whole', least: 1, describe: 'longest answer that is generated' },
  { knob: 'maxAnswers', kind: 'whole', least: 0, describe: 'held-out questions that are answered each time' },
  { knob: 'checkpointEvery', kind: 'whole', least: 1, describe: 'updates between two safe points' },
  { knob: 'device', kind: 'choice', choices: ['auto', 'cpu', 'cuda', 'metal', 'vulkan'], describe: 'where to compute' },
  { knob: 'threads', kind: 'threads', least: 1, most: 1024, describe: 'processor threads, or automatic' },
  {
    knob: 'gradientCheckpointing',
    kind: 'choice',
    choices: ['auto', 'on', 'off'],
    describe: 'save memory by computing twice',
  },
  { knob: 'packTokens', kind: 'whole', least: 1, describe: 'most tokens computed at once' },
  { knob: 'seed', kind: 'whole', least: 0, describe: 'start of the random numbers: equal seeds give equal runs' },
  {
    knob: 'chatTemplate',
    kind: 'text',
    describe: 'chat format, where the base’s own is not wanted: gemma, llama3, chatml, plain',
  },
];
