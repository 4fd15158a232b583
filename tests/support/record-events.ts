import type { TrainEventOf } from '#common/domain/train-event.ts';

/** Training events with plausible figures, for tests of the record. */
export function startEvent(update: number, totalUpdates: number): TrainEventOf<'start'> {
  return {
    type: 'start',
    update,
    totalUpdates,
    trainExamples: 36,
    heldOutExamples: 4,
    learnedTokens: 400,
    epochTokens: 900,
    trainableParameters: 1000,
    device: 'CPU',
    threads: 2,
    gradientCheckpointing: true,
  };
}

export function stepEvent(update: number, loss = 2 / update): TrainEventOf<'step'> {
  return {
    type: 'step',
    update,
    epoch: update / 10,
    loss,
    learningRate: 1e-3,
    gradientNorm: 0.5,
    tokens: 90,
    tokensPerSecond: 300,
    residentBytes: 5e8,
    etaSeconds: 10,
  };
}

export function adapterEvent(path: string): TrainEventOf<'artifact'> {
  return { type: 'artifact', kind: 'adapter', path, bytes: 11, sha256: 'd'.repeat(64) };
}
