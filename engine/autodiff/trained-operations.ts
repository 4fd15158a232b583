/**
 * The operations that differ where the model's own weights are trained: a table like that of `operation-set.ts`, for
 * the processor alone. What it has no entry for is as there.
 */
import type { Backend } from '../native/backend.ts';
import { loadKernels } from '../native/kernels.ts';
import { batchedAttention } from './operations/batched-attention.ts';
import { embed, trainedBias, trainedNorm } from './operations/trained-elementwise.ts';
import { trainedCrossEntropy, trainedCrossEntropyKernel } from './operations/trained-cross-entropy.ts';
import { trainedLinears, trainedLinearsKernel } from './operations/trained-linears.ts';

export const trainedImplementations = {
  embed: { ggml: embed },
  trainedNorm: { ggml: trainedNorm },
  trainedBias: { ggml: trainedBias },
  batchedAttention: { ggml: batchedAttention },
  trainedLinears: { kernel: trainedLinearsKernel, ggml: trainedLinears },
  trainedCrossEntropy: { kernel: trainedCrossEntropyKernel, ggml: trainedCrossEntropy },
} as const;

export interface TrainedOperations {
  readonly embed: typeof embed;
  readonly norm: typeof trainedNorm;
  readonly bias: typeof trainedBias;
  /** Null where the attention of `operation-set.ts`, in one of our own kernels, is as good for many short sequences. */
  readonly attention: typeof batchedAttention | null;
  readonly linears: typeof trainedLinears | typeof trainedLinearsKernel;
  readonly crossEntropy: typeof trainedCrossEntropy | typeof trainedCrossEntropyKernel;
}

/** Ask only after `selectOperations`, which checks our own kernels. */
export function selectTrainedOperations(backend: Backend): TrainedOperations {
  if (backend.device.kind !== 'cpu') throw new RangeError('all weights of a model are trained on the processor only');
  const id = loadKernels().kernels === null ? 'ggml' : 'kernel';
  return {
    embed,
    norm: trainedNorm,
    bias: trainedBias,
    attention: id === 'kernel' ? null : batchedAttention,
    linears: trainedImplementations.trainedLinears[id],
    crossEntropy: trainedImplementations.trainedCrossEntropy[id],
  };
}
