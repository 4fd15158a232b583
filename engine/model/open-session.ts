/** Opens a base model for training on the best device that proves itself. */
import os from 'node:os';
import type { Recipe } from '#common/domain/recipe.ts';
import { createRandom } from '../train/random.ts';
import { chooseDevice, type DeviceNotice } from './choose-device.ts';
import { LoraSession } from './lora-session.ts';
import { planMemory, requireMemory } from './memory-plan.ts';
import { openModelFile, type ModelSource } from './model-source.ts';
import { weightForms } from './weight-types.ts';
import type { OperationSet } from '../autodiff/operation-set.ts';
import type { Backend } from '../native/backend.ts';

export interface OpenSessionOptions {
  readonly modelPath: string;
  readonly recipe: Pick<
    Recipe,
    | 'seed'
    | 'rank'
    | 'alpha'
    | 'dropout'
    | 'targets'
    | 'device'
    | 'threads'
    | 'gradientCheckpointing'
    | 'packedWeights'
    | 'packTokens'
    | 'maxTokens'
  >;
  readonly onProgress?: (loadedBytes: number, totalBytes: number) => void;
  /** Why a device was not taken, in words. */
  readonly onNotice?: (notice: DeviceNotice) => void;
  /** Bytes that may be used; default: what the system says is available. */
  readonly availableBytes?: number;
}

/**
 * Throws `device-unavailable` where the chosen device cannot be used, `architecture-unsupported`, `file-corrupt`,
 * `out-of-memory` and the like in words.
 */
export async function openSession(options: OpenSessionOptions): Promise<LoraSession> {
  const { recipe } = options;
  // What was opened is closed again where a later step fails; in the end the session owns it.
  using opened = new DisposableStack();
  const source = opened.use(await openModelFile(options.modelPath));
  const threads = recipe.threads === 'auto' ? defaultThreads() : recipe.threads;
  const { backend, operations } = await chooseDevice(recipe.device, threads, source, options.onNotice);
  opened.use(backend);
  const available = (): number => options.availableBytes ?? freeBytes(backend);
  const packedWeights = choosePacking(source, operations, recipe, available());
  const plan = planMemory(source, recipe.targets, recipe.rank, weightForms(operations, packedWeights));
  requireMemory(plan.weightBytes + plan.backwardBytes + plan.trainableBytes, available(), 'Teaching this model');
  const uniform = createRandom(recipe.seed);
  const session = await LoraSession.open(source, backend, operations, {
    rank: recipe.rank,
    alpha: recipe.alpha,
    dropout: recipe.dropout,
    targets: recipe.targets,
    uniform: () => uniform.nextUint32() / 2 ** 32,
    uniformFrom: (seed) => {
      const random = createRandom(seed);
      return () => random.nextUint32() / 2 ** 32;
    },
    packedWeights,
    checkpointing: (session) => chooseCheckpointing(session, recipe, available()),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  opened.move();
  return session;
}

/** One thread for each core that the system grants this process. */
export function defaultThreads(): number {
  return Math.max(1, os.availableParallelism());
}

/** Packed weights need twice the memory of one copy, so they are taken only where that leaves half of what is free. */
function choosePacking(
  source: ModelSource,
  operations: OperationSet,
  recipe: OpenSessionOptions['recipe'],
  available: number,
): boolean {
  const { packedWeights = 'auto' } = recipe;
  if (packedWeights !== 'auto') return packedWeights === 'on';
  const plan = planMemory(source, recipe.targets, recipe.rank, weightForms(operations, true));
  return plan.weightBytes + plan.backwardBytes + plan.trainableBytes <= available / 2;
}

/** Recomputing costs a third more time, so it is used only where the activations would take half of what is free. */
function chooseCheckpointing(session: LoraSession, recipe: OpenSessionOptions['recipe'], available: number): boolean {
  const tokens = Math.max(recipe.packTokens, recipe.maxTokens);
  const checkpointing =
    recipe.gradientCheckpointing === 'auto'
      ? session.measureComputeBytes(tokens, false) > available / 2
      : recipe.gradientCheckpointing === 'on';
  requireMemory(session.measureComputeBytes(tokens, checkpointing), available, `A training step on ${tokens} tokens`);
  return checkpointing;
}

/** A CPU "device" reports all memory as free, so the system is asked. */
function freeBytes(backend: Backend): number {
  return backend.device.kind === 'cpu' ? process.availableMemory() : backend.device.freeBytes;
}
