import { TunesmithError } from '#common/domain/errors.ts';
import type { TensorData } from '../gguf/read-data.ts';
import type { GgufTensor } from '../gguf/read.ts';
import { tensorType, tensorTypeIds, tensorTypeName } from '../gguf/types.ts';
import { quantizeRowsInBackground, rowsAreFinite } from '../native/background-quantization.ts';
import { dequantizeRows } from '../native/quantization.ts';
import type { LoraPair } from './adapter.ts';
import { addLowRank } from './low-rank.ts';

export interface EncodeInput {
  /** For messages. */
  readonly path: string;
  readonly tensor: GgufTensor;
  readonly data: TensorData;
  /** Type to store it in. */
  readonly type: number;
  readonly delta: { readonly pair: LoraPair; readonly scale: number } | undefined;
  readonly threads: number;
}

/** Values per piece: 4 MB as F32, some 30 ms of work. */
const pieceValues = 1 << 20;

/** The bytes of one tensor in its new type, piece by piece, with up to `threads` pieces being encoded at once. */
export async function* encodeTensor(input: EncodeInput): AsyncGenerator<Uint8Array> {
  const { tensor, type, delta } = input;
  if (tensor.type === type && delta === undefined) {
    yield* copyTensor(input);
    return;
  }
  const rowLength = tensor.shape[0] ?? 1;
  const rows = tensor.shape.slice(1).reduce((product, length) => product * length, 1);
  const rowsPerPiece = Math.max(1, Math.floor(pieceValues / rowLength));
  const pieces: Promise<Uint8Array>[] = [];
  try {
    for (let row = 0; row < rows; row += rowsPerPiece) {
      const values = readRows(input, row, Math.min(rowsPerPiece, rows - row));
      if (delta !== undefined) addLowRank(values, row, delta.pair, delta.scale);
      pieces.push(encode(type, values, rowLength));
      if (pieces.length >= input.threads) yield checked(input, await pieces.shift());
    }
    while (pieces.length > 0) yield checked(input, await pieces.shift());
  } finally {
    // A worker thread must not write into memory that nobody holds any more.
    await Promise.allSettled(pieces);
  }
}

function* copyTensor({ tensor, data }: EncodeInput): Generator<Uint8Array> {
  const pieceBytes = pieceValues * 4;
  for (let from = 0; from < tensor.bytes; from += pieceBytes) {
    yield data.read(tensor, from, Math.min(pieceBytes, tensor.bytes - from));
  }
}

function readRows({ tensor, data }: EncodeInput, firstRow: number, rows: number): Float32Array {
  const stored = tensorType(tensor.type);
  const rowLength = tensor.shape[0] ?? 1;
  if (stored === undefined) throw new TunesmithError('internal', `${tensor.name} has no type.`);
  const rowBytes = (rowLength / stored.blockSize) * stored.bytesPerBlock;
  return dequantizeRows(tensor.type, data.read(tensor, firstRow * rowBytes, rows * rowBytes), rows * rowLength);
}

async function encode(type: number, values: Float32Array, rowLength: number): Promise<Uint8Array> {
  if (type === tensorTypeIds.F32) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return await quantizeRowsInBackground(type, values, rowLength);
}

function checked({ path, tensor, type }: EncodeInput, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new TunesmithError('internal', `A piece of ${tensor.name} is missing.`);
  if (rowsAreFinite(type, bytes)) return bytes;
  throw new TunesmithError(
    'file-corrupt',
    `${tensor.name} of ${path} holds values that are no numbers, or too large to be stored as ${tensorTypeName(type)}.`,
    { advice: 'If the base model is sound, choose another type such as Q8_0 or BF16.' },
  );
}
