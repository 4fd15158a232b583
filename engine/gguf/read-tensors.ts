import { TunesmithError } from '#common/domain/errors.ts';
import type { Cursor } from './cursor.ts';
import type { GgufTensor } from './read.ts';
import { tensorType } from './types.ts';

interface TableInput {
  readonly path: string;
  readonly tensorCount: number;
  readonly alignment: number;
  readonly fileBytes: number;
}

interface Declared {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  /** As the file gives it: from the start of the data. */
  readonly relativeOffset: number;
  readonly bytes: number;
}

/** ggml's limits: 63 bytes of name, four dimensions. */
const longestName = 63;
const mostDimensions = 4;

/**
 * Reads the table of tensors and checks that each one's values are in the file. As in llama.cpp, tensors follow one
 * another without gaps other than the alignment's.
 */
export function readTensorTable(
  cursor: Cursor,
  input: TableInput,
): { readonly tensors: readonly GgufTensor[]; readonly dataOffset: number } {
  const { path, tensorCount, alignment, fileBytes } = input;
  // Name length, dimensions, type, offset.
  cursor.need(tensorCount * 24, `the table of ${tensorCount} tensors`);
  const declared: Declared[] = [];
  const names = new Set<string>();
  for (let index = 0; index < tensorCount; index++) {
    const tensor = readDeclaration(cursor, path, index);
    if (names.has(tensor.name)) throw damaged(path, `the tensor ${JSON.stringify(tensor.name)} is there twice`);
    names.add(tensor.name);
    declared.push(tensor);
  }
  const dataOffset = align(cursor.position, alignment);
  let expected = 0;
  let end = dataOffset;
  const tensors: GgufTensor[] = [];
  for (const { name, type, shape, relativeOffset, bytes } of declared) {
    if (relativeOffset !== expected) {
      throw damaged(path, `the values of ${JSON.stringify(name)} start at ${relativeOffset} instead of ${expected}`);
    }
    tensors.push({ name, type, shape, offset: dataOffset + relativeOffset, bytes });
    end = dataOffset + relativeOffset + bytes;
    expected = align(relativeOffset + bytes, alignment);
    if (!Number.isSafeInteger(expected + dataOffset)) throw damaged(path, 'its tensors claim an impossible size');
  }
  if (end > fileBytes) {
    const missing = (end - fileBytes).toLocaleString('en');
    throw new TunesmithError(
      'file-corrupt',
      `${path} is incomplete: the last ${missing} of its ${end.toLocaleString('en')} bytes are missing.`,
      { advice: 'The download or copy did not finish. Fetch the file again.' },
    );
  }
  return { tensors, dataOffset };
}

function readDeclaration(cursor: Cursor, path: string, index: number): Declared {
  const nameBytes = cursor.count(`the length of the name of tensor ${index + 1}`);
  cursor.need(nameBytes, `the name of tensor ${index + 1}`);
  if (nameBytes === 0 || nameBytes > longestName) {
    throw damaged(path, `the name of tensor ${index + 1} claims to be ${nameBytes} bytes long`);
  }
  const name = cursor.text(nameBytes, `the name of tensor ${index + 1}`);
  const what = JSON.stringify(name);
  const dimensions = cursor.u32(`the dimensions of ${what}`);
  if (dimensions > mostDimensions) throw damaged(path, `the tensor ${what} claims ${dimensions} dimensions`);
  const shape: number[] = [];
  for (let axis = 0; axis < dimensions; axis++) shape.push(cursor.count(`the shape of ${what}`));
  if (shape.length === 0) shape.push(1);
  const type = cursor.u32(`the type of ${what}`);
  const relativeOffset = cursor.count(`the offset of ${what}`);
  return { name, type, shape, relativeOffset, bytes: sizeOf(path, what, type, shape) };
}

function sizeOf(path: string, what: string, typeId: number, shape: readonly number[]): number {
  const type = tensorType(typeId);
  if (type === undefined) {
    throw new TunesmithError(
      'file-unsupported',
      `${path} stores the tensor ${what} in a type unknown here (${typeId}).`,
      {
        advice: 'The file is damaged, or a newer or withdrawn kind of GGUF. Try another GGUF of the same model.',
      },
    );
  }
  let values = 1;
  for (const length of shape) {
    if (length === 0) throw damaged(path, `the tensor ${what} holds no values`);
    values *= length;
    if (!Number.isSafeInteger(values)) throw damaged(path, `the tensor ${what} claims an impossible size`);
  }
  const rowLength = shape[0] ?? 1;
  if (rowLength % type.blockSize !== 0) {
    throw damaged(path, `rows of ${what} have ${rowLength} values, which ${type.name} cannot store`);
  }
  const bytes = (values / type.blockSize) * type.bytesPerBlock;
  if (!Number.isSafeInteger(bytes)) throw damaged(path, `the tensor ${what} claims an impossible size`);
  return bytes;
}

/** The next multiple of `alignment`, a power of two. Not by bits: offsets exceed 32 of them. */
export function align(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

function damaged(path: string, why: string): TunesmithError {
  return new TunesmithError('file-corrupt', `${path} is damaged: ${why}.`, { advice: 'Fetch the file again.' });
}
