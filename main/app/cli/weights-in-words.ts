import type { FrozenWeights } from '#common/domain/train-event.ts';
import { sizeInWords } from '../../services/storage/free-space.ts';

const bits = { int8: 8, bf16: 16, f32: 32 } as const;

/** How the model's own weights are kept and multiplied, in one line. */
export function weightsInWords({ kernels, products, packed, bytes, error }: FrozenWeights): string {
  const size = `Weights: ${sizeInWords(bytes)}`;
  if (kernels === null || products === 'device') return `${size}, multiplied as they are stored`;
  const kept = packed ? 'prepared for speed' : 'in one copy';
  const accuracy = error === null ? '' : `, self-test within ${(100 * error).toFixed(1)} %`;
  return `${size} ${kept}, multiplied in ${bits[products]} bits (${kernels}${accuracy})`;
}
