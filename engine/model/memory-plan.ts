/** What a session will hold in memory, known from the file's header before a byte of it is loaded. */
import { TunesmithError } from '#common/domain/errors.ts';
import { linearNames, type LinearName } from '#common/domain/recipe.ts';
import { requireInt8 } from '../autodiff/operations/product.ts';
import { linearShape, linearTensorName } from '../gguf/tensors.ts';
import { rowBytes } from '../native/quantization.ts';
import { gradientPasses } from './lora-parameters.ts';
import { requireTensor, type ModelSource } from './model-source.ts';
import { backwardType, isPackable, kernelType, type WeightForm, type WeightForms } from './weight-types.ts';

export interface MemoryPlan {
  readonly weightBytes: number;
  readonly backwardBytes: number;
  /** Values, gradient and AdamW's two moments. */
  readonly trainableBytes: number;
}

export function planMemory(
  source: ModelSource,
  targets: readonly LinearName[],
  rank: number,
  forms: WeightForms,
): MemoryPlan {
  let [weightBytes, backwardBytes, trainable] = [0, 0, 0];
  const add = (name: string, wantsBackward: boolean, form: WeightForm): void => {
    const { type, shape, bytes } = requireTensor(source, name);
    const [inFeatures, outFeatures] = [shape[0]!, shape[1]!];
    if (form === 'packed' && isPackable(type)) {
      weightBytes += requireInt8().packBytes(inFeatures, outFeatures);
      if (wantsBackward) backwardBytes += requireInt8().packBytes(outFeatures, inFeatures);
      return;
    }
    weightBytes += form === 'transposed' ? bytes : rowBytes(kernelType(type), inFeatures) * outFeatures;
    if (wantsBackward && form === 'transposed') {
      backwardBytes += rowBytes(backwardType(type, outFeatures), outFeatures) * inFeatures;
    }
  };
  for (let layer = 0; layer < source.config.layers; layer++) {
    for (const linear of linearNames) {
      add(linearTensorName(layer, linear), gradientPasses(targets, layer, linear), forms.linears);
      const [inFeatures, outFeatures] = linearShape(source.config, linear);
      if (targets.includes(linear)) trainable += rank * (inFeatures + outFeatures);
    }
  }
  add(source.config.tiedEmbeddings ? 'token_embd.weight' : 'output.weight', true, forms.head);
  return { weightBytes, backwardBytes, trainableBytes: trainable * 4 * 4 };
}

/** Throws `out-of-memory` where `neededBytes` cannot be had: before the system begins to swap or kills something. */
export function requireMemory(neededBytes: number, availableBytes: number, what: string): void {
  if (neededBytes <= availableBytes) return;
  throw new TunesmithError(
    'out-of-memory',
    `${what} needs about ${gigabytes(neededBytes)} of memory, and ${gigabytes(availableBytes)} are free.`,
    {
      advice:
        'Close other programs, choose a smaller base model or a smaller file of it (Q8_0 instead of F16), or use shorter examples.',
    },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`;
}
