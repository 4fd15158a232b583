/** Where a model's weights come from: a GGUF file, or memory (the self-test's random model). */
import fs from 'node:fs';
import { TunesmithError } from '#common/domain/errors.ts';
import { readModelConfig, type ModelConfig } from '../gguf/config.ts';
import { readGguf } from '../gguf/read.ts';
import { rowBytes } from '../native/quantization.ts';

export interface SourceTensor {
  readonly name: string;
  /** ggml type id. */
  readonly type: number;
  /** ggml's order: `shape[0]` is the row length. */
  readonly shape: readonly number[];
  readonly bytes: number;
}

export interface ModelSource extends Disposable {
  readonly config: ModelConfig;
  tensor(name: string): SourceTensor | undefined;
  /** Fills `into` from byte `offset` of the tensor's data. */
  read(tensor: SourceTensor, into: Uint8Array, offset: number): void;
}

/**
 * A GGUF file, held open and read piece by piece: nothing of it stays in this process' memory.
 * Throws `architecture-unsupported`, `file-corrupt` and the like, in words.
 */
export async function openModelFile(path: string): Promise<ModelSource> {
  const file = await readGguf(path);
  const config = readModelConfig(file);
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const fd = fs.openSync(path, 'r');
  return {
    config,
    tensor: (name) => tensors.get(name),
    read(tensor, into, offset) {
      const start = tensors.get(tensor.name)!.offset + offset;
      let done = 0;
      while (done < into.byteLength) {
        const count = fs.readSync(fd, into, done, into.byteLength - done, start + done);
        if (count === 0) {
          throw new TunesmithError('file-corrupt', `${path} became shorter while it was being read.`, {
            advice: 'Leave the model file alone while training, and start again.',
          });
        }
        done += count;
      }
    },
    [Symbol.dispose]: () => fs.closeSync(fd),
  };
}

/** Tensors held in memory. */
export function memorySource(
  config: ModelConfig,
  tensors: ReadonlyMap<string, SourceTensor & { readonly data: Uint8Array }>,
): ModelSource {
  return {
    config,
    tensor: (name) => tensors.get(name),
    read: (tensor, into, offset) => {
      into.set(tensors.get(tensor.name)!.data.subarray(offset, offset + into.byteLength));
    },
    [Symbol.dispose]: () => {},
  };
}

/** A tensor that must be there: the config was checked against the file's tensors. */
export function requireTensor(source: ModelSource, name: string): SourceTensor {
  const tensor = source.tensor(name);
  if (tensor === undefined) throw new TunesmithError('file-corrupt', `The model lacks the tensor ${name}.`);
  return tensor;
}

/** Bytes of one row of a tensor. */
export function tensorRowBytes(tensor: SourceTensor): number {
  return rowBytes(tensor.type, tensor.shape[0] ?? 1);
}
