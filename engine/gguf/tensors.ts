import { TunesmithError } from '#common/domain/errors.ts';
import type { LinearName } from '#common/domain/recipe.ts';
import type { ModelConfig } from './config.ts';
import type { GgufFile, GgufTensor } from './read.ts';
import { tensorTypeIds, tensorTypeName } from './types.ts';

interface Expected {
  readonly shape: readonly number[];
  readonly optional: boolean;
}

const linearTensors: Readonly<Record<LinearName, string>> = {
  q: 'attn_q',
  k: 'attn_k',
  v: 'attn_v',
  o: 'attn_output',
  gate: 'ffn_gate',
  up: 'ffn_up',
  down: 'ffn_down',
};

/** Name of the weight of a linear layer, e.g. `blk.0.attn_q.weight`. */
export function linearTensorName(layer: number, linear: LinearName): string {
  return `blk.${layer}.${linearTensors[linear]}.weight`;
}

/** Width of the input and the output of a linear layer: its weight has the shape [in, out] in ggml's order. */
export function linearShape(
  config: ModelConfig,
  linear: LinearName,
): readonly [inFeatures: number, outFeatures: number] {
  const { embeddingLength: d, heads, kvHeads, headDim, valueDim, feedForward } = config;
  switch (linear) {
    case 'q':
      return [d, heads * headDim];
    case 'k':
      return [d, kvHeads * headDim];
    case 'v':
      return [d, kvHeads * valueDim];
    case 'o':
      return [heads * valueDim, d];
    case 'gate':
    case 'up':
      return [d, feedForward];
    case 'down':
      return [feedForward, d];
  }
}

/**
 * Checks that the file holds the tensors of its architecture, in the right shapes, and nothing else (an unknown
 * tensor means that the model computes something the graph builder does not).
 */
export function checkTensors(file: GgufFile, config: ModelConfig): void {
  const expected = expectedTensors(config);
  const missing = new Set([...expected].filter(([, tensor]) => !tensor.optional).map(([name]) => name));
  for (const tensor of file.tensors) {
    const wanted = expected.get(tensor.name);
    if (wanted === undefined)
      throw refused(file, `it holds a part unknown here, the tensor ${JSON.stringify(tensor.name)}`);
    checkTensor(file, tensor, wanted.shape);
    missing.delete(tensor.name);
  }
  const [first] = missing;
  if (first !== undefined) {
    throw refused(file, `it lacks ${missing.size === 1 ? 'the tensor' : `${missing.size} tensors, such as`} ${first}`);
  }
}

function checkTensor(file: GgufFile, tensor: GgufTensor, wanted: readonly number[]): void {
  const shape = tensor.shape.slice();
  while (shape.length > wanted.length && shape.at(-1) === 1) shape.pop();
  if (shape.length !== wanted.length || shape.some((length, axis) => length !== wanted[axis])) {
    throw refused(file, `${tensor.name} has the shape ${tensor.shape.join(' x ')} instead of ${wanted.join(' x ')}`);
  }
  if (wanted.length === 1 && tensor.type !== tensorTypeIds.F32) {
    throw refused(file, `${tensor.name} is stored as ${tensorTypeName(tensor.type)} instead of F32`);
  }
}

/** Every tensor a model of this configuration may have, by name. */
export function expectedTensors(config: ModelConfig): ReadonlyMap<string, Expected> {
  const { architecture, embeddingLength: d, headDim, layers, vocabulary } = config;
  const gemma = architecture.startsWith('gemma');
  const tensors = new Map<string, Expected>();
  const add = (name: string, shape: readonly number[], optional = false): void => {
    tensors.set(name, { shape, optional });
  };
  add('token_embd.weight', [d, vocabulary]);
  add('output_norm.weight', [d]);
  if (architecture !== 'gemma' && architecture !== 'gemma2') add('output.weight', [d, vocabulary], true);
  if (architecture === 'llama') add('rope_freqs.weight', [config.ropeDimensions / 2], true);
  for (let layer = 0; layer < layers; layer++) {
    for (const linear of Object.keys(linearTensors) as LinearName[]) {
      add(linearTensorName(layer, linear), linearShape(config, linear));
    }
    const block = (name: string): string => `blk.${layer}.${name}`;
    add(block('attn_norm.weight'), [d]);
    add(block('ffn_norm.weight'), [d]);
    if (architecture === 'gemma2' || architecture === 'gemma3') {
      add(block('post_attention_norm.weight'), [d]);
      add(block('post_ffw_norm.weight'), [d]);
    }
    if (architecture === 'gemma3' || architecture === 'qwen3') {
      add(block('attn_q_norm.weight'), [headDim]);
      add(block('attn_k_norm.weight'), [headDim]);
    }
    if (gemma || architecture === 'qwen3') continue;
    // llama.cpp takes biases as optional even in qwen2.
    for (const linear of ['q', 'k', 'v'] as const) {
      add(block(`${linearTensors[linear]}.bias`), [linearShape(config, linear)[1]], true);
    }
    if (architecture === 'llama') add(block('attn_output.bias'), [d], true);
  }
  return tensors;
}

function refused(file: GgufFile, why: string): TunesmithError {
  return new TunesmithError('architecture-unsupported', `${file.path} cannot be taught: ${why}.`, {
    advice: 'Try another GGUF of the same model.',
  });
}
