import { availableParallelism } from 'node:os';
import { TunesmithError } from '#common/domain/errors.ts';
import type { QuantType } from '#common/contract/engine.ts';
import { type ModelConfig, readModelConfig } from '../gguf/config.ts';
import { openTensorData, type TensorData } from '../gguf/read-data.ts';
import { type GgufFile, type GgufTensor, readGguf } from '../gguf/read.ts';
import { checkFreeBytes } from '../gguf/write-failure.ts';
import { ggufBytes, type TensorSource, writeGguf, type WriteOptions, type WrittenFile } from '../gguf/write.ts';
import { type Adapter, readAdapter } from './adapter.ts';
import { encodeTensor } from './encode-tensor.ts';
import { exportMetadata, type ExportTemplate } from './export-metadata.ts';
import { chooseTensorType } from './type-mix.ts';

export interface MergeInput {
  readonly basePath: string;
  /** Absent: the base itself in another type. */
  readonly adapterPath?: string | undefined;
  readonly quant: QuantType;
  readonly outPath: string;
  /** `general.name` of the written file. */
  readonly name?: string | undefined;
  readonly template?: ExportTemplate | undefined;
  /** Worker threads that encode rows; at most libuv's pool (4 unless UV_THREADPOOL_SIZE says more). */
  readonly threads?: number | undefined;
}

/**
 * Writes base + adapter as one GGUF of the wanted type: for every adapted weight W + (alpha / rank) B A, computed in
 * F32 from the base's stored values and rounded once, straight to the final type. There is no full-precision file in
 * between: a piece of some rows at a time goes from the base to the disk, so memory and disk stay small, and a
 * cancel takes effect within one piece. Weights that are not adapted and keep their type are copied bit for bit.
 * @throws TunesmithError as `readGguf`, `readAdapter`, `readModelConfig` and `writeGguf`; `file-unsupported` where the
 *   adapter was made for another base; `disk-full` before any work where the file will not fit.
 */
export async function writeMerged(input: MergeInput, options: WriteOptions = {}): Promise<WrittenFile> {
  const base = await readGguf(input.basePath);
  const config = readModelConfig(base);
  const adapter = input.adapterPath === undefined ? undefined : await readAdapter(input.adapterPath);
  if (adapter !== undefined) checkFits(adapter, base, config);
  using data = openTensorData(base);
  const metadata = exportMetadata({ ...input, base, config });
  const tensors = base.tensors.map((tensor) => tensorSource(tensor, { input, config, adapter, data }));
  const content = { metadata, tensors };
  await checkFreeBytes(input.outPath, ggufBytes(content));
  return await writeGguf(input.outPath, content, options);
}

interface SourceInput {
  readonly input: MergeInput;
  readonly config: ModelConfig;
  readonly adapter: Adapter | undefined;
  readonly data: TensorData;
}

function tensorSource(tensor: GgufTensor, { input, config, adapter, data }: SourceInput): TensorSource {
  const { name, shape } = tensor;
  const type = chooseTensorType({
    quant: input.quant,
    name,
    shape,
    layers: config.layers,
    tied: config.tiedEmbeddings,
  });
  const pair = adapter?.pairs.get(name);
  const delta =
    adapter === undefined || pair === undefined ? undefined : { pair, scale: loraScale(adapter, pair.rank) };
  const threads = input.threads ?? availableParallelism();
  return {
    name,
    type,
    shape,
    chunks: () => encodeTensor({ path: input.basePath, tensor, data, type, delta, threads }),
  };
}

/** alpha / rank; an alpha of 0 means 1, as in llama.cpp's `get_scale`. */
function loraScale(adapter: Adapter, rank: number): number {
  return adapter.alpha === 0 ? 1 : adapter.alpha / rank;
}

function checkFits(adapter: Adapter, base: GgufFile, config: ModelConfig): void {
  if (adapter.architecture !== config.architecture) {
    throw foreign(
      adapter,
      base,
      `it belongs to a ${adapter.architecture} model and this is a ${config.architecture} model`,
    );
  }
  const tensors = new Map(base.tensors.map((tensor) => [tensor.name, tensor]));
  for (const [name, { inFeatures, outFeatures }] of adapter.pairs) {
    const tensor = tensors.get(name);
    if (tensor === undefined || !/^blk\.\d+\.(attn_(q|k|v|output)|ffn_(gate|up|down))\.weight$/.test(name)) {
      throw foreign(adapter, base, `it changes ${name}, which this model does not have or which cannot be merged`);
    }
    if (tensor.shape[0] !== inFeatures || tensor.shape[1] !== outFeatures) {
      throw foreign(
        adapter,
        base,
        `${name} has the shape ${tensor.shape.join(' x ')}, not ${inFeatures} x ${outFeatures}`,
      );
    }
  }
}

function foreign(adapter: Adapter, base: GgufFile, why: string): TunesmithError {
  return new TunesmithError(
    'file-unsupported',
    `The adapter ${adapter.path} does not fit the model ${base.path}: ${why}.`,
    {
      advice: 'Use the base model that the adapter was taught on.',
    },
  );
}
