/**
 * The border between the training loop (engine/train: when to do what) and the computing part (engine/model:
 * graphs, weights, devices). One session holds one base model with one LoRA adapter on one device.
 */
import type { LinearName } from '#common/domain/recipe.ts';
import type { FrozenWeights } from '#common/domain/train-event.ts';
import type { EncodedSequence } from '../chat/encoded.ts';

/** Sums over one pack of sequences. Divide by `weight` for a mean. */
export interface PackResult {
  /** Sum over scored positions of weight x negative log-likelihood, in nats (loss scale already removed). */
  readonly lossSum: number;
  /** Sum of the weights of the scored positions: their number where all weights are 1. */
  readonly weight: number;
  /** Learned positions whose most likely token is the right one; only `evaluate` counts them. */
  readonly correct: number;
  /** Learned positions (weight 1 or more). */
  readonly learned: number;
  /** Tokens read, all of them. */
  readonly tokens: number;
}

export interface AccumulateOptions {
  /** The loss is multiplied by this before the backward pass (FP16 block scales underflow otherwise). */
  readonly lossScale: number;
  /** Seed of this pack's dropout pattern. Equal seeds give equal patterns. */
  readonly dropoutSeed: number;
  /** Loss weight of tokens that are only read, 0 to 1. */
  readonly promptWeight: number;
}

export interface AdamWStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** 1-based number of this update, for the bias correction. */
  readonly step: number;
  /** Factor on the accumulated gradient: clip / (lossScale x total weight). */
  readonly gradientScale: number;
}

/** The trainable state, flat. All three arrays have `parameterCount` entries in one layout. */
export interface TrainableState {
  readonly parameters: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

/** One adapted linear layer, as an adapter file stores it. */
export interface LoraTensor {
  /** Name of the base tensor, e.g. `blk.0.attn_q.weight`. */
  readonly baseName: string;
  readonly layer: number;
  readonly linear: LinearName;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly rank: number;
  /** `rank` rows of `inFeatures` values (GGUF ne = [in, rank]). */
  readonly a: Float32Array;
  /** `outFeatures` rows of `rank` values (GGUF ne = [rank, out]). */
  readonly b: Float32Array;
}

export interface SessionMemory {
  readonly weightBytes: number;
  readonly backwardWeightBytes: number;
  readonly trainableBytes: number;
  readonly computeBytes: number;
}

export interface TrainingSession extends Disposable {
  readonly deviceId: string;
  readonly deviceDescription: string;
  readonly threads: number;
  readonly gradientCheckpointing: boolean;
  readonly frozenWeights: FrozenWeights;
  /** Number of trainable values (padding of the flat layout included). */
  readonly parameterCount: number;
  /** Trainable values that mean something, for people. */
  readonly trainableParameters: number;
  readonly memory: SessionMemory;

  zeroGradients(): void;
  /**
   * Forward and backward over whole sequences packed into one graph; adds to the gradient.
   * Rejects with `cancelled` when `signal` fires; the gradient is then undefined and must be zeroed.
   */
  accumulate(pack: readonly EncodedSequence[], options: AccumulateOptions, signal?: AbortSignal): Promise<PackResult>;
  /** Euclidean norm of the accumulated gradient as it stands (loss scale included); may be NaN or infinite. */
  gradientNorm(): Promise<number>;
  applyAdamW(step: AdamWStep): Promise<void>;
  /** Forward only. */
  evaluate(pack: readonly EncodedSequence[], signal?: AbortSignal): Promise<PackResult>;

  readState(): TrainableState;
  writeState(state: TrainableState): void;
  /** Replaces parameters only (used to look at a candidate's answers). */
  writeParameters(parameters: Float32Array): void;
  loraTensors(): Iterable<LoraTensor>;
  /** LoRA scale is alpha / rank. */
  readonly alpha: number;
  setThreads(threads: number): void;
}
