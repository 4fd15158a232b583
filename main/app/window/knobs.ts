import type { Knob } from '#common/contract/app/training.ts';
import { linearNames } from '#common/domain/recipe.ts';

/** Every knob of the recipe that a person may turn, usual ones first. Limits are those of the command line. */
export const knobs: readonly Knob[] = [
  { knob: 'rank', kind: 'whole', least: 1, most: 256 },
  { knob: 'alpha', kind: 'number', least: 0 },
  { knob: 'learningRate', kind: 'number', least: 0, most: 1 },
  { knob: 'epochs', kind: 'number', least: 0, most: 1000 },
  { knob: 'batchSize', kind: 'whole', least: 1, most: 4096 },
  {
    knob: 'maxTokens',
    kind: 'whole',
    least: 8,
    most: 1_048_576,
  },
  { knob: 'heldOut', kind: 'share', least: 0, most: 0.5 },
  {
    knob: 'dropout',
    kind: 'share',
    least: 0,
    most: 0.99,
  },
  { knob: 'targets', kind: 'layers', choices: [...linearNames] },
  {
    knob: 'schedule',
    kind: 'choice',
    choices: ['cosine', 'linear', 'constant'],
  },
  { knob: 'warmup', kind: 'share', least: 0, most: 1 },
  { knob: 'weightDecay', kind: 'number', least: 0 },
  { knob: 'clipNorm', kind: 'number', least: 0 },
  { knob: 'promptWeight', kind: 'share', least: 0, most: 1 },
  { knob: 'evaluationsPerEpoch', kind: 'whole', least: 1 },
  { knob: 'maxAnswerTokens', kind: 'whole', least: 1 },
  { knob: 'maxAnswers', kind: 'whole', least: 0 },
  { knob: 'checkpointEvery', kind: 'whole', least: 1 },
  { knob: 'device', kind: 'choice', choices: ['auto', 'cpu', 'cuda', 'metal', 'vulkan'] },
  { knob: 'threads', kind: 'threads', least: 1, most: 1024 },
  {
    knob: 'gradientCheckpointing',
    kind: 'choice',
    choices: ['auto', 'on', 'off'],
  },
  { knob: 'packedWeights', kind: 'choice', choices: ['auto', 'on', 'off'] },
  { knob: 'packTokens', kind: 'whole', least: 1 },
  { knob: 'seed', kind: 'whole', least: 0 },
  {
    knob: 'chatTemplate',
    kind: 'text',
  },
];
