/** The practice model's file: its shape, first values, and how it is written. */
import type { MetadataEntry } from '#engine/gguf/encode.ts';
import { tensorTypeIds } from '#engine/gguf/types.ts';
import { writeGguf, type WrittenFile } from '#engine/gguf/write.ts';
import { quantizeRows } from '#engine/native/quantization.ts';
import type { WeightTensor } from '#engine/model/full-parameters.ts';
import { createRandom } from '#engine/train/random.ts';
import { specials, tokenizerMetadata, type BpeVocabulary } from './tokenizer.ts';

/** Rows are whole blocks of 32, so that every quantization but the K types fits. */
export const shape = {
  embedding: 192,
  layers: 4,
  heads: 6,
  kvHeads: 3,
  headDim: 32,
  feedForward: 512,
  vocabulary: 1536,
  context: 1024,
} as const;

/** ChatML without a default system prompt. The remark keeps Ollama from taking it for another model's template. */
export const chatTemplate =
  '{# Practice model of Tunesmith: each turn stands between its marks, and an answer ends with the mark of its end. ' +
  'No system prompt is added. #}' +
  "{%- for message in messages -%}{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}" +
  "{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}";

/** GGUF's `general.file_type`. */
const fileTypes = { F32: 0, F16: 1 } as const;

/** Writes the weights: matrices in `type`, vectors in F32. Equal weights give equal bytes. */
export function writeModel(
  path: string,
  vocabulary: BpeVocabulary,
  weights: Iterable<WeightTensor>,
  type: keyof typeof fileTypes,
): Promise<WrittenFile> {
  const tensors = [...weights].map(({ name, shape: dimensions, values }) => {
    const stored = dimensions.length > 1 ? tensorTypeIds[type] : tensorTypeIds.F32;
    const bytes = quantizeRows(stored, values, dimensions[0] ?? 1);
    return { name, type: stored, shape: dimensions, chunks: () => [bytes] };
  });
  return writeGguf(path, { metadata: metadata(vocabulary, fileTypes[type]), tensors });
}

/** Random first values: normal, with deviations as GPT-2 has them (smaller where a layer adds to the stream). */
export function* firstWeights(seed: number): Generator<WeightTensor> {
  const random = createRandom(seed);
  const uniform = (): number => (random.nextUint32() + 1) / (2 ** 32 + 1);
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const { embedding: d, layers, heads, kvHeads, headDim, feedForward } = shape;
  const matrix = (name: string, inputs: number, outputs: number, deviation: number): WeightTensor => ({
    name: `${name}.weight`,
    shape: [inputs, outputs],
    values: Float32Array.from({ length: inputs * outputs }, () => deviation * normal()),
  });
  const norm = (name: string): WeightTensor => ({
    name: `${name}.weight`,
    shape: [d],
    values: new Float32Array(d).fill(1),
  });
  const into = 1 / Math.sqrt(2 * layers);
  yield matrix('token_embd', d, shape.vocabulary, 0.04);
  yield norm('output_norm');
  for (let layer = 0; layer < layers; layer++) {
    const block = (name: string): string => `blk.${layer}.${name}`;
    yield norm(block('attn_norm'));
    yield matrix(block('attn_q'), d, heads * headDim, 0.06);
    yield matrix(block('attn_k'), d, kvHeads * headDim, 0.06);
    yield matrix(block('attn_v'), d, kvHeads * headDim, 0.06);
    yield matrix(block('attn_output'), heads * headDim, d, 0.06 * into);
    yield norm(block('ffn_norm'));
    yield matrix(block('ffn_gate'), d, feedForward, 0.06);
    yield matrix(block('ffn_up'), d, feedForward, 0.06);
    yield matrix(block('ffn_down'), feedForward, d, 0.06 * into);
  }
}

function metadata(vocabulary: BpeVocabulary, fileType: number): ReadonlyMap<string, MetadataEntry> {
  const text = (value: string): MetadataEntry => ({ type: 'string', value });
  const whole = (value: number): MetadataEntry => ({ type: 'u32', value });
  const real = (value: number): MetadataEntry => ({ type: 'f32', value });
  return new Map<string, MetadataEntry>([
    ['general.architecture', text('llama')],
    ['general.type', text('model')],
    ['general.name', text('Tunesmith Practice')],
    ['general.author', text('Tunesmith')],
    ['general.description', text('A tiny chat model to practise with. It speaks simple English and knows little.')],
    ['general.license', text('mit')],
    ['general.languages', { type: 'array', of: 'string', value: ['en'] }],
    ['general.file_type', whole(fileType)],
    ['general.quantization_version', whole(2)],
    ['llama.context_length', whole(shape.context)],
    ['llama.embedding_length', whole(shape.embedding)],
    ['llama.block_count', whole(shape.layers)],
    ['llama.feed_forward_length', whole(shape.feedForward)],
    ['llama.attention.head_count', whole(shape.heads)],
    ['llama.attention.head_count_kv', whole(shape.kvHeads)],
    ['llama.attention.key_length', whole(shape.headDim)],
    ['llama.attention.value_length', whole(shape.headDim)],
    ['llama.attention.layer_norm_rms_epsilon', real(1e-5)],
    ['llama.rope.dimension_count', whole(shape.headDim)],
    ['llama.rope.freq_base', real(10_000)],
    ['llama.vocab_size', whole(shape.vocabulary)],
    ...tokenizerMetadata(vocabulary),
    ['tokenizer.ggml.eot_token_id', whole(vocabulary.tokens.indexOf(specials.end))],
    ['tokenizer.chat_template', text(chatTemplate)],
  ]);
}
