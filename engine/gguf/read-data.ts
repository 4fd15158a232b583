import fs from 'node:fs';
import { TunesmithError } from '#common/domain/errors.ts';
import type { GgufFile, GgufTensor } from './read.ts';

/** Reads tensors' values from a file that stays open: `using data = openTensorData(file)`. */
export interface TensorData extends Disposable {
  /** All bytes of a tensor, or `bytes` of them from `from`, as the file stores them; in memory of their own. */
  read(tensor: GgufTensor, from?: number, bytes?: number): Uint8Array<ArrayBuffer>;
}

/** @throws TunesmithError `file-not-readable`, and from `read` `file-corrupt` where the file became shorter. */
export function openTensorData(file: GgufFile): TensorData {
  let fd: number;
  try {
    fd = fs.openSync(file.path, 'r');
  } catch (cause) {
    throw new TunesmithError('file-not-readable', `${file.path} can no longer be read.`, { cause });
  }
  return {
    read(tensor, from = 0, bytes = tensor.bytes - from) {
      if (from < 0 || bytes < 0 || from + bytes > tensor.bytes) {
        throw new TunesmithError('internal', `${tensor.name} has no bytes ${from} to ${from + bytes}.`);
      }
      const buffer = new Uint8Array(bytes);
      let done = 0;
      while (done < bytes) {
        const read = fs.readSync(fd, buffer, done, bytes - done, tensor.offset + from + done);
        if (read === 0) {
          throw new TunesmithError('file-corrupt', `${file.path} became shorter while it was read.`, {
            advice: 'Leave the file alone while it is in use.',
            retryable: true,
          });
        }
        done += read;
      }
      return buffer;
    },
    [Symbol.dispose]: () => fs.closeSync(fd),
  };
}
