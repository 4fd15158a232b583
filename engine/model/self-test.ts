/**
 * Does a graphics device compute the same training step as the CPU? Drivers exist that compute some products
 * wrongly without any error, so no device is trusted before it has shown this on a small random model of the
 * base's own architecture and tensor types.
 */
import { linearNames } from '#common/domain/recipe.ts';
import { selectOperations, type OperationSet } from '../autodiff/operation-set.ts';
import type { ModelConfig } from '../gguf/config.ts';
import { expectedTensors } from '../gguf/tensors.ts';
import { Backend, listDevices } from '../native/backend.ts';
import { ggmlType } from '../native/ggml.ts';
import { quantizeRows } from '../native/quantization.ts';
import { cosine } from './cosine.ts';
import { LoraSession } from './lora-session.ts';
import { memorySource, type ModelSource, type SourceTensor } from './model-source.ts';

export interface SelfTestResult {
  readonly passed: boolean;
  /** |loss - loss on the CPU| / loss on the CPU. */
  readonly lossDifference: number;
  /** Cosine between the two gradients: 1 is equal. */
  readonly gradientCosine: number;
}

/**
 * Both sides round activations differently, so they never agree exactly: F16-like products differ by about 1e-3
 * in the loss. A wrong product (a padded view read as if it were dense) is off by a tenth and more.
 */
const largestLossDifference = 0.02;
const smallestGradientCosine = 0.99;
const lossScale = 16;

/** One training step on the CPU and on `open()`'s device. Throws what the device throws. */
export async function selfTest(
  open: () => Backend,
  operations: OperationSet,
  base: ModelSource,
): Promise<SelfTestResult> {
  const cpu = listDevices().find((device) => device.kind === 'cpu')!;
  const onCpu = new Backend(cpu, 1);
  const reference = await step(randomModel(base), onCpu, selectOperations(onCpu).operations);
  const result = await step(randomModel(base), open(), operations);
  const lossDifference = Math.abs(result.loss - reference.loss) / Math.abs(reference.loss);
  const gradientCosine = cosine(result.gradient, reference.gradient);
  const passed = lossDifference <= largestLossDifference && gradientCosine >= smallestGradientCosine;
  return { passed, lossDifference, gradientCosine };
}

async function step(source: ModelSource, backend: Backend, operations: OperationSet) {
  const next = sine(7);
  using opened = new DisposableStack();
  opened.use(backend);
  using session = await LoraSession.open(source, backend, operations, {
    rank: 4,
    alpha: 8,
    dropout: 0,
    targets: linearNames,
    uniform: () => (next() + 1) / 2,
    uniformFrom: () => () => 0,
    checkpointing: true,
    packedWeights: false,
  });
  opened.move();
  // B starts at zero, where A has no gradient: move everything a little first.
  const state = session.readState();
  session.writeParameters(state.parameters.map((value) => value + 0.02 * next()));
  const ids = Int32Array.from({ length: 49 }, (_, i) => (i * 37) % source.config.vocabulary);
  const learned = Uint8Array.from(ids, (_, i) => (i > 20 ? 1 : 0));
  const short = { example: 1, ids: ids.slice(10, 30), learned: learned.slice(20, 40) };
  session.zeroGradients();
  const { lossSum, weight } = await session.accumulate([{ example: 0, ids, learned }, short], {
    lossScale,
    dropoutSeed: 0,
    promptWeight: 0,
  });
  return { loss: lossSum / weight, gradient: session.readGradient() };
}

/** Two layers with 256 values a token; matrices take the base's types in turn, so that each type is multiplied. */
function randomModel(base: ModelSource): ModelSource {
  const config: ModelConfig = {
    ...base.config,
    layers: 2,
    embeddingLength: 256,
    heads: 4,
    kvHeads: 2,
    headDim: 64,
    valueDim: 64,
    feedForward: 512,
    vocabulary: 512,
    ropeDimensions: 64,
    attentionScale: 1 / 8,
    slidingWindow: base.config.slidingWindow === null ? null : 16,
    isSliding: base.config.slidingWindow === null ? [false, false] : [true, false],
    tiedEmbeddings: true,
  };
  const types = matrixTypes(base);
  const next = sine(1);
  const tensors = new Map<string, SourceTensor & { readonly data: Uint8Array }>();
  let matrices = 0;
  for (const [name, { shape, optional }] of expectedTensors(config)) {
    // Optional tensors only where the base has them; `rope_freqs` would have another length.
    if (optional && (name === 'output.weight' || name === 'rope_freqs.weight')) continue;
    if (optional && base.tensor(name) === undefined) continue;
    const isMatrix = shape.length === 2;
    const type = isMatrix ? types[matrices++ % types.length]! : ggmlType.F32;
    const count = shape.reduce((product, n) => product * n, 1);
    const scale = isMatrix ? 1.2 / Math.sqrt(shape[0]!) : 0.1;
    const isNorm = !isMatrix && name.endsWith('norm.weight');
    const values = Float32Array.from({ length: count }, () => (isNorm ? 1 : 0) + scale * next());
    const data = quantizeRows(type, values, shape[0]!);
    tensors.set(name, { name, type, shape, bytes: data.byteLength, data });
  }
  return memorySource(config, tensors);
}

function matrixTypes(base: ModelSource): readonly number[] {
  const types = new Set<number>();
  for (const [name, { shape }] of expectedTensors(base.config)) {
    const tensor = base.tensor(name);
    if (shape.length === 2 && tensor !== undefined) types.add(tensor.type);
  }
  return [...types];
}

/** A fixed sequence in [-1, 1] with no pattern that matters. */
function sine(start: number): () => number {
  let i = start;
  return () => Math.sin(++i * 12.9898) * Math.cos(i * 0.7233);
}
