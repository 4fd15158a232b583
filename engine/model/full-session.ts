/**
 * Trains all weights of a model, where `lora-session.ts` trains an adapter beside them. A library entry: the app teaches
 * with adapters only; the practice model is made with this (scripts/make-practice-model). On the processor.
 */
import { keyValueTypeFor } from '../autodiff/operations/attention.ts';
import type { OperationSet } from '../autodiff/operation-set.ts';
import { selectTrainedOperations } from '../autodiff/trained-operations.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import type { Backend } from '../native/backend.ts';
import { getGgml } from '../native/ggml.ts';
import { chooseDevice } from './choose-device.ts';
import type { Network } from './forward.ts';
import { FullParameters, type WeightTensor } from './full-parameters.ts';
import { openModelFile, type ModelSource } from './model-source.ts';
import { OptimizerGraphs } from './optimizer-graphs.ts';
import { buildPackGraph, type PackGraph, type PackGraphOptions } from './pack-graph.ts';
import { packInputs, type PackInputs } from './pack-inputs.ts';
import { evaluateResult, PackRunner, trainResult } from './pack-runner.ts';
import type { AdamWStep, PackResult, TrainableState } from './session.ts';

export interface FullSessionOptions {
  /** Multiply in BF16 where the processor has that; values, gradient and moments are F32 either way. */
  readonly rounded: boolean;
  readonly checkpointing: boolean;
  /** Queries per attention block without our own kernels: shorter sequences want smaller blocks. */
  readonly attentionBlock: number;
}

export class FullSession implements Disposable {
  private readonly source: ModelSource;
  private readonly backend: Backend;
  private readonly parameters: FullParameters;
  private readonly network: Network;
  private readonly optimizer: OptimizerGraphs;
  private readonly runner: PackRunner;
  private readonly options: FullSessionOptions;

  /** Opens a GGUF file, whose tensors of any type are read into F32. */
  static async open(modelPath: string, threads: number, options: FullSessionOptions): Promise<FullSession> {
    using opened = new DisposableStack();
    const source = opened.use(await openModelFile(modelPath));
    const { backend, operations } = await chooseDevice('cpu', threads, source);
    opened.use(backend);
    const session = new FullSession(source, backend, operations, options);
    opened.move();
    return session;
  }

  private constructor(source: ModelSource, backend: Backend, operations: OperationSet, options: FullSessionOptions) {
    this.source = source;
    this.backend = backend;
    this.options = options;
    this.parameters = new FullParameters(source, backend);
    this.network = {
      config: source.config,
      weights: this.parameters.weights(!options.rounded),
      lora: null,
      loraScale: 0,
      operations,
      trained: selectTrainedOperations(backend),
      keyValueType: keyValueTypeFor(!options.rounded),
      attentionBlock: options.attentionBlock,
    };
    this.optimizer = new OptimizerGraphs(backend, this.parameters);
    this.runner = new PackRunner(backend);
  }

  /** Number of trainable values, padding of the flat layout included. */
  get parameterCount(): number {
    return this.parameters.length;
  }

  get trainableParameters(): number {
    return this.parameters.trainable;
  }

  get computeBytes(): number {
    return this.runner.computeBytes;
  }

  zeroGradients(): void {
    this.parameters.zeroGradient();
  }

  /** Forward and backward over one pack; adds to the gradient. `promptWeight` as in `AccumulateOptions`. */
  async accumulate(
    pack: readonly EncodedSequence[],
    { promptWeight }: { readonly promptWeight: number },
    signal?: AbortSignal,
  ): Promise<PackResult> {
    const inputs = this.inputsOf(pack, promptWeight);
    using graph = this.build(inputs, 'train');
    await this.runner.run(graph, signal);
    return trainResult(graph, inputs, 1);
  }

  gradientNorm(): Promise<number> {
    return this.optimizer.norm();
  }

  applyAdamW(step: AdamWStep): Promise<void> {
    return this.optimizer.step(step);
  }

  /** Forward only. */
  async evaluate(pack: readonly EncodedSequence[], signal?: AbortSignal): Promise<PackResult> {
    const inputs = this.inputsOf(pack, 0);
    using graph = this.build(inputs, 'evaluate');
    await this.runner.run(graph, signal);
    return evaluateResult(graph, inputs);
  }

  /** Logits of every position but the last of a sequence, [V,T] in F32: for parity tests. */
  async logits(sequence: EncodedSequence): Promise<Float32Array> {
    const inputs = this.inputsOf([sequence], 1);
    using graph = this.build(inputs, 'logits');
    await this.runner.run(graph);
    const values = new Float32Array(this.network.config.vocabulary * inputs.tokens);
    getGgml().tensorGet(graph.logits!, values, 0, values.byteLength);
    return values;
  }

  /** The accumulated gradient, in the layout of the parameters. */
  readGradient(): Float32Array {
    return this.parameters.read(this.parameters.gradient);
  }

  readState(): TrainableState {
    const { parameters } = this;
    return {
      parameters: parameters.read(parameters.values),
      firstMoment: parameters.read(parameters.firstMoment),
      secondMoment: parameters.read(parameters.secondMoment),
    };
  }

  writeState(state: TrainableState): void {
    this.parameters.write(this.parameters.values, state.parameters);
    this.parameters.write(this.parameters.firstMoment, state.firstMoment);
    this.parameters.write(this.parameters.secondMoment, state.secondMoment);
  }

  writeParameters(values: Float32Array): void {
    this.parameters.write(this.parameters.values, values);
  }

  /** The weights as they are now, for a file. */
  tensors(): Iterable<WeightTensor> {
    return this.parameters.tensors();
  }

  [Symbol.dispose](): void {
    this.runner[Symbol.dispose]();
    this.optimizer[Symbol.dispose]();
    this.parameters[Symbol.dispose]();
    this.backend[Symbol.dispose]();
    this.source[Symbol.dispose]();
  }

  private inputsOf(pack: readonly EncodedSequence[], promptWeight: number): PackInputs {
    return packInputs(pack, { promptWeight, slidingWindow: this.network.config.slidingWindow });
  }

  private build(inputs: PackInputs, mode: PackGraphOptions['mode']): PackGraph {
    const checkpointing = this.options.checkpointing;
    return buildPackGraph(this.network, inputs, null, { mode, checkpointing, lossScale: 1, dropout: null });
  }
}
