/** Row codecs on worker threads, for long exports: the event loop lives and several cores work. */
import { TunesmithError } from '#common/domain/errors.ts';
import { getGgml } from './ggml.ts';
import { loadLibraries } from './library.ts';
import { blockSize, quantizeRows, rowBytes } from './quantization.ts';

type QuantizeChunk = ReturnType<typeof getGgml>['quantizeChunk'];
type InBackground<F extends (...args: never[]) => unknown> = F & {
  async: (...args: [...Parameters<F>, (error: unknown, result: ReturnType<F>) => void]) => void;
};

/** Small arrays are not worth a thread, and the garbage collector may move the smallest ones in memory. */
const leastValues = 4096;

/**
 * As `quantizeRows`, on one of libuv's worker threads. The caller may not touch `values` until the promise settles.
 */
export function quantizeRowsInBackground(type: number, values: Float32Array, rowLength: number): Promise<Uint8Array> {
  const rows = values.length / rowLength;
  if (!Number.isInteger(rows) || rowLength % blockSize(type) !== 0) {
    throw new TunesmithError(
      'internal',
      `${values.length} values are not whole rows of ${rowLength} for type ${type}.`,
    );
  }
  if (values.length < leastValues) return Promise.resolve(quantizeRows(type, values, rowLength));
  const bytes = new Uint8Array(rowBytes(type, rowLength) * rows);
  const quantize = getGgml().quantizeChunk as InBackground<QuantizeChunk>;
  return new Promise((resolve, reject) => {
    quantize.async(type, values, bytes, 0, rows, rowLength, null, (error) => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(bytes);
    });
  });
}

type ValidateRows = (type: number, data: Uint8Array, bytes: number) => boolean;
let validate: ValidateRows | undefined;

/** False where encoded rows hold infinities or not-a-numbers: the values were no numbers, or too large for the type. */
export function rowsAreFinite(type: number, bytes: Uint8Array): boolean {
  validate ??= loadLibraries().base.func('ggml_validate_row_data', 'bool', ['int', 'void*', 'size_t']) as ValidateRows;
  return validate(type, bytes, bytes.byteLength);
}
