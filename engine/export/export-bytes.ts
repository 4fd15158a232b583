import type { QuantType } from '#common/contract/engine.ts';
import { readModelConfig } from '../gguf/config.ts';
import { planTensors } from '../gguf/encode.ts';
import type { GgufFile } from '../gguf/read.ts';
import { chooseTensorType, quantFormats } from './type-mix.ts';

/**
 * Bytes of the file that `writeMerged` makes of a base, from the type of each of its tensors; exact but for what the written
 * metadata (name, template) differs from the base's.
 * @throws TunesmithError as `readModelConfig`.
 */
export function exportBytes(base: GgufFile): Record<QuantType, number> {
  const { layers, tiedEmbeddings: tied } = readModelConfig(base);
  const bytesAs = (quant: QuantType): number => {
    const tensors = base.tensors.map(({ name, shape }) => ({
      name,
      shape,
      type: chooseTensorType({ quant, name, shape, layers, tied }),
      chunks: () => [],
    }));
    return base.dataOffset + planTensors({ metadata: base.metadata, tensors }).dataBytes;
  };
  const quants = Object.keys(quantFormats) as QuantType[];
  return Object.fromEntries(quants.map((quant) => [quant, bytesAs(quant)])) as Record<QuantType, number>;
}
