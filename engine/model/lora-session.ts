/** `TrainingSession` over a ggml backend. */
import type { EncodedSequence } from '../chat/encoded.ts';
import { keyValueTypeFor } from '../autodiff/operations/attention.ts';
import type { OperationSet } from '../autodiff/operation-set.ts';
import { measuredError } from '../autodiff/kernel-check.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml } from '../native/ggml.ts';
import { loadKernels } from '../native/kernels.ts';
import { readRows } from './embedding-rows.ts';
import type { Network } from './forward.ts';
import { gradientPasses, LoraParameters, type Uniform } from './lora-parameters.ts';
import { requireTensor, type ModelSource } from './model-source.ts';
import { OptimizerGraphs } from './optimizer-graphs.ts';
import { buildPackGraph, type PackGraph, type PackGraphOptions } from './pack-graph.ts';
import { packInputs, type PackInputs } from './pack-inputs.ts';
import { evaluateResult, PackRunner, trainResult } from './pack-runner.ts';
import type {
  AccumulateOptions,
  AdamWStep,
  LoraTensor,
  PackResult,
  SessionMemory,
  TrainableState,
  TrainingSession,
} from './session.ts';
import { weightForms } from './weight-types.ts';
import { loadWeights, type LoadOptions } from './weights.ts';
import type { LinearName } from '#common/domain/recipe.ts';
import type { FrozenWeights } from '#common/domain/train-event.ts';

export interface LoraSessionOptions {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targets: readonly LinearName[];
  /** Uniform numbers for the first values of A. */
  readonly uniform: Uniform;
  /** A source of dropout patterns by seed. */
  readonly uniformFrom: (seed: number) => Uniform;
  /** Recompute layers on the way back; a function is asked once the weights are loaded. */
  readonly checkpointing: boolean | ((session: LoraSession) => boolean);
  /** Whether frozen weights are packed for speed where our kernels have that; needs about twice their memory. */
  readonly packedWeights: boolean;
  readonly onProgress?: LoadOptions['onProgress'];
}

/** Queries per attention block: small enough to skip half of the masked scores, large enough for fast products. */
const attentionBlockSize = 128;

export class LoraSession implements TrainingSession {
  readonly alpha: number;
  private readonly source: ModelSource;
  private readonly backend: Backend;
  private readonly network: Network & { readonly lora: LoraParameters };
  private readonly optimizer: OptimizerGraphs;
  private readonly options: LoraSessionOptions;
  private readonly runner: PackRunner;
  private readonly checkpointing: boolean;

  /** Takes over `source` and `backend` and disposes them with itself; where it throws they stay the caller's. */
  static async open(
    source: ModelSource,
    backend: Backend,
    operations: OperationSet,
    options: LoraSessionOptions,
  ): Promise<LoraSession> {
    using opened = new DisposableStack();
    const weights = await loadWeights(source, backend, {
      needsBackward: (layer, linear) => gradientPasses(options.targets, layer, linear),
      forms: weightForms(operations, options.packedWeights),
      headBackward: true,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    opened.use(weights);
    const lora = opened.use(new LoraParameters(source.config, backend, options));
    lora.initialize(options.uniform);
    const session = new LoraSession(source, backend, options, {
      config: source.config,
      weights,
      lora,
      loraScale: options.alpha / options.rank,
      operations,
      trained: null,
      keyValueType: keyValueTypeFor(weights.exact || backend.device.kind !== 'cpu'),
      attentionBlock: attentionBlockSize,
    });
    opened.move();
    return session;
  }

  private constructor(
    source: ModelSource,
    backend: Backend,
    options: LoraSessionOptions,
    network: LoraSession['network'],
  ) {
    this.source = source;
    this.backend = backend;
    this.options = options;
    this.network = network;
    this.alpha = options.alpha;
    this.optimizer = new OptimizerGraphs(backend, network.lora);
    this.runner = new PackRunner(backend);
    try {
      this.checkpointing =
        typeof options.checkpointing === 'boolean' ? options.checkpointing : options.checkpointing(this);
    } catch (thrown) {
      this.runner[Symbol.dispose]();
      this.optimizer[Symbol.dispose]();
      throw thrown;
    }
  }

  get deviceId(): string {
    return this.backend.device.id;
  }

  get deviceDescription(): string {
    return this.backend.device.description;
  }

  get threads(): number {
    return this.backend.threads;
  }

  get gradientCheckpointing(): boolean {
    return this.checkpointing;
  }

  get frozenWeights(): FrozenWeights {
    const { weights, operations } = this.network;
    const bytes = weights.weightBytes + weights.backwardBytes;
    const forms = weightForms(operations, this.options.packedWeights);
    const { kernels } = loadKernels();
    if (forms.linears === 'transposed' || kernels === null) {
      return { kernels: null, products: 'device', packed: false, bytes, error: null };
    }
    const products = kernels.int8 !== null ? 'int8' : kernels.multipliesBf16 ? 'bf16' : 'f32';
    return { kernels: kernels.level, products, packed: forms.linears === 'packed', bytes, error: measuredError() };
  }

  get parameterCount(): number {
    return this.network.lora.length;
  }

  get trainableParameters(): number {
    return this.network.lora.trainable;
  }

  get memory(): SessionMemory {
    return {
      weightBytes: this.network.weights.weightBytes,
      backwardWeightBytes: this.network.weights.backwardBytes,
      trainableBytes: this.network.lora.bytes,
      computeBytes: this.runner.computeBytes,
    };
  }

  zeroGradients(): void {
    this.network.lora.zeroGradient();
  }

  async accumulate(
    pack: readonly EncodedSequence[],
    { lossScale, dropoutSeed, promptWeight }: AccumulateOptions,
    signal?: AbortSignal,
  ): Promise<PackResult> {
    const inputs = this.inputsOf(pack, promptWeight);
    const dropout =
      this.options.dropout === 0
        ? null
        : { probability: this.options.dropout, uniform: this.options.uniformFrom(dropoutSeed) };
    using graph = this.build(inputs, { mode: 'train', checkpointing: this.checkpointing, lossScale, dropout });
    await this.runner.run(graph, signal);
    return trainResult(graph, inputs, lossScale);
  }

  gradientNorm(): Promise<number> {
    return this.optimizer.norm();
  }

  applyAdamW(step: AdamWStep): Promise<void> {
    return this.optimizer.step(step);
  }

  async evaluate(pack: readonly EncodedSequence[], signal?: AbortSignal): Promise<PackResult> {
    const inputs = this.inputsOf(pack, 0);
    using graph = this.build(inputs, { mode: 'evaluate', checkpointing: false, lossScale: 1, dropout: null });
    await this.runner.run(graph, signal);
    return evaluateResult(graph, inputs);
  }

  /** Logits of every position but the last of a sequence, [V,T] in F32: for parity tests. */
  async logits(sequence: EncodedSequence): Promise<Float32Array> {
    const inputs = this.inputsOf([sequence], 1);
    using graph = this.build(inputs, { mode: 'logits', checkpointing: false, lossScale: 1, dropout: null });
    await this.runner.run(graph);
    const values = new Float32Array(this.network.config.vocabulary * inputs.tokens);
    getGgml().tensorGet(graph.logits!, values, 0, values.byteLength);
    return values;
  }

  /** The accumulated gradient, in the layout of the parameters: for tests and self-tests. */
  readGradient(): Float32Array {
    return this.network.lora.read(this.network.lora.gradient);
  }

  readState(): TrainableState {
    const { lora } = this.network;
    return {
      parameters: lora.read(lora.values),
      firstMoment: lora.read(lora.firstMoment),
      secondMoment: lora.read(lora.secondMoment),
    };
  }

  writeState(state: TrainableState): void {
    const { lora } = this.network;
    lora.write(lora.values, state.parameters);
    lora.write(lora.firstMoment, state.firstMoment);
    lora.write(lora.secondMoment, state.secondMoment);
  }

  writeParameters(parameters: Float32Array): void {
    this.network.lora.write(this.network.lora.values, parameters);
  }

  loraTensors(): Iterable<LoraTensor> {
    return this.network.lora.tensors();
  }

  setThreads(threads: number): void {
    this.backend.setThreads(threads);
  }

  /** Bytes of activations that a training step on one sequence of `tokens` would need, without allocating them. */
  measureComputeBytes(tokens: number, checkpointing: boolean): number {
    const ids = new Int32Array(tokens + 1);
    const learned = new Uint8Array(tokens + 1).fill(1, Math.ceil(tokens / 2));
    const inputs = this.inputsOf([{ example: 0, ids, learned }], 0);
    using graph = this.build(inputs, { mode: 'train', checkpointing, lossScale: 1, dropout: null });
    return this.runner.measure(graph);
  }

  [Symbol.dispose](): void {
    this.runner[Symbol.dispose]();
    this.optimizer[Symbol.dispose]();
    this.network.lora[Symbol.dispose]();
    this.network.weights[Symbol.dispose]();
    this.backend[Symbol.dispose]();
    this.source[Symbol.dispose]();
  }

  private inputsOf(pack: readonly EncodedSequence[], promptWeight: number): PackInputs {
    return packInputs(pack, { promptWeight, slidingWindow: this.network.config.slidingWindow });
  }

  private build(inputs: PackInputs, options: PackGraphOptions): PackGraph {
    const { config } = this.network;
    const embedding = requireTensor(this.source, 'token_embd.weight');
    const head = config.tiedEmbeddings ? embedding : requireTensor(this.source, 'output.weight');
    const embedded = readRows(this.source, embedding, inputs.ids);
    // Only the gradient needs the head's rows of the labels.
    const labels =
      options.mode === 'train'
        ? readRows(this.source, head, inputs.labels)
        : new Float32Array(config.embeddingLength * inputs.labels.length);
    return buildPackGraph(this.network, inputs, { embedded, labels }, options);
  }
}
