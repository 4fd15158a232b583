import type { QuantType } from '#common/contract/engine.ts';
import { tensorType, tensorTypeIds as id } from '../gguf/types.ts';

/** What decides the type of one tensor. */
export interface MixInput {
  readonly quant: QuantType;
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of layers of the model. */
  readonly layers: number;
  /** The model has no `output.weight`: its head is the embedding. */
  readonly tied: boolean;
}

/** Type of a file's ordinary matrices, and its `general.file_type`. */
export const quantFormats: Readonly<Record<QuantType, { readonly type: number; readonly fileType: number }>> = {
  F32: { type: id.F32, fileType: 0 },
  F16: { type: id.F16, fileType: 1 },
  BF16: { type: id.BF16, fileType: 32 },
  Q8_0: { type: id.Q8_0, fileType: 7 },
  Q6_K: { type: id.Q6_K, fileType: 18 },
  Q5_K_M: { type: id.Q5_K, fileType: 17 },
  Q5_0: { type: id.Q5_0, fileType: 8 },
  Q4_K_M: { type: id.Q4_K, fileType: 15 },
  Q4_0: { type: id.Q4_0, fileType: 2 },
};

/**
 * The type llama.cpp's own quantizer gives a tensor (`llama_tensor_get_type_impl` in src/llama-quant.cpp of v0.5.0,
 * without importance matrix), for the supported architectures: norms and biases stay F32, the head gets more bits, so
 * do some of the layers that suffer most, and rows that do not fit a type's blocks get a neighbouring type.
 */
export function chooseTensorType(input: MixInput): number {
  const { quant, name, shape } = input;
  const isMatrix = shape.length >= 2 && name.endsWith('weight') && !name.endsWith('_norm.weight');
  if (!isMatrix) return id.F32;
  const { type } = quantFormats[quant];
  if (type === id.F32 || type === id.F16 || type === id.BF16) return type;
  return fitRows(shape[0] ?? 1, preferredType(input, type));
}

function preferredType({ quant, name, shape, layers, tied }: MixInput, type: number): number {
  const isHead = name === 'output.weight' || (tied && name === 'token_embd.weight');
  if (isHead) {
    const fits = (shape[0] ?? 1) % (tensorType(type)?.blockSize ?? 1) === 0;
    return fits && type !== id.Q8_0 ? id.Q6_K : id.Q8_0;
  }
  if (quant !== 'Q4_K_M' && quant !== 'Q5_K_M') return type;
  const [, layer] = /^blk\.(\d+)\.(?:attn_v|ffn_down)\.weight$/.exec(name) ?? [];
  return layer !== undefined && wantsMoreBits(Number(layer), layers) ? id.Q6_K : type;
}

/** The first and last eighth of the layers, and every third between. */
function wantsMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

/** K types need rows of whole 256s, the others of whole 32s. */
function fitRows(rowLength: number, type: number): number {
  const fits = (candidate: number): boolean => rowLength % (tensorType(candidate)?.blockSize ?? 1) === 0;
  if (fits(type)) return type;
  const neighbour = { [id.Q4_K]: id.Q5_0, [id.Q5_K]: id.Q5_1, [id.Q6_K]: id.Q8_0 }[type] ?? type;
  return fits(neighbour) ? neighbour : id.F16;
}
