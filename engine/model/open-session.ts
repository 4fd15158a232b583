/** Opens a base model for training on the best device that proves itself. */
import os from 'node:os';
import type { Recipe } from '#common/domain/recipe.ts';
import { createRandom } from '../train/random.ts';
import { chooseDevice, type DeviceNotice } from './choose-device.ts';
import { LoraSession } from './lora-session.ts';
import { openModelFile } from './model-source.ts';

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
  const source = await openModelFile(options.modelPath);
  try {
    const threads = recipe.threads === 'auto' ? defaultThreads() : recipe.threads;
    const { backend, operations } = await chooseDevice(recipe.device, threads, source, options.onNotice);
    const uniform = createRandom(recipe.seed);
    return await LoraSession.open(source, backend, operations, {
      rank: recipe.rank,
      alpha: recipe.alpha,
      dropout: recipe.dropout,
      targets: recipe.targets,
      uniform: () => uniform.nextUint32() / 2 ** 32,
      uniformFrom: (seed) => {
        const random = createRandom(seed);
        return () => random.nextUint32() / 2 ** 32;
      },
      checkpointing: (session) => {
        if (recipe.gradientCheckpointing !== 'auto') return recipe.gradientCheckpointing === 'on';
        const free = options.availableBytes ?? availableBytes(session, backend.device.freeBytes);
        return session.measureComputeBytes(Math.max(recipe.packTokens, recipe.maxTokens), false) > free / 2;
      },
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
  } catch (thrown) {
    source[Symbol.dispose]();
    throw thrown;
  }
}

/** One thread for each core that the system grants this process. */
export function defaultThreads(): number {
  return Math.max(1, os.availableParallelism());
}

/** A CPU "device" reports all memory as free, so the system is asked. */
function availableBytes(session: LoraSession, deviceFreeBytes: number): number {
  return session.threads > 0 ? process.availableMemory() : deviceFreeBytes;
}
