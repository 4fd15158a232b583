/**
 * Chat templates of our own, for bases whose file holds none. Each is written for Jinja as llama.cpp and
 * @huggingface/jinja run it, and goes into the tuned model's file, so that every program renders the same text.
 */

export const familyNames = ['gemma', 'llama3', 'chatml', 'plain'] as const;
export type FamilyName = (typeof familyNames)[number];

export interface TemplateFamily {
  readonly name: FamilyName;
  /** For people who choose. */
  readonly title: string;
  /** Jinja text. */
  readonly template: string;
  /** Text of the token that ends a turn; null means the model's end-of-sequence token. */
  readonly endOfTurn: string | null;
  /** Tokens that the model must know, or the marks would be read as letters. */
  readonly needs: readonly string[];
}

/** Gemma knows no system role: instructions open the first question, as in Gemma 3's own template. */
const gemma = [
  '{{ bos_token }}',
  "{%- if messages[0]['role'] == 'system' -%}",
  "{%- set preface = messages[0]['content'] | trim + '\\n\\n' -%}",
  '{%- set turns = messages[1:] -%}',
  '{%- else -%}',
  "{%- set preface = '' -%}",
  '{%- set turns = messages -%}',
  '{%- endif -%}',
  '{%- for message in turns -%}',
  "{%- set speaker = 'model' if message['role'] == 'assistant' else 'user' -%}",
  "{{- '<start_of_turn>' + speaker + '\\n' + (preface if loop.first else '') }}",
  "{{- message['content'] | trim + '<end_of_turn>\\n' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<start_of_turn>model\\n' -}}{%- endif -%}",
].join('');

const llama3 = [
  '{{- bos_token -}}',
  '{%- for message in messages -%}',
  "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}",
  "{{- message['content'] | trim + '<|eot_id|>' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}{%- endif -%}",
].join('');

const chatml = [
  '{%- for message in messages -%}',
  "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}",
].join('');

/** For bases that know no chat marks at all: headings in words, and the end-of-sequence token after an answer. */
const plain = [
  '{%- for message in messages -%}',
  "{%- if message['role'] == 'assistant' -%}{{- '### Answer:\\n' + message['content'] + eos_token + '\\n\\n' -}}",
  "{%- elif message['role'] == 'system' -%}{{- message['content'] + '\\n\\n' -}}",
  "{%- else -%}{{- '### Question:\\n' + message['content'] + '\\n\\n' -}}{%- endif -%}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '### Answer:\\n' -}}{%- endif -%}",
].join('');

export const families: Readonly<Record<FamilyName, TemplateFamily>> = {
  gemma: {
    name: 'gemma',
    title: 'Gemma',
    template: gemma,
    endOfTurn: '<end_of_turn>',
    needs: ['<start_of_turn>', '<end_of_turn>'],
  },
  llama3: {
    name: 'llama3',
    title: 'Llama 3',
    template: llama3,
    endOfTurn: '<|eot_id|>',
    needs: ['<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
  },
  chatml: {
    name: 'chatml',
    title: 'ChatML (Qwen, SmolLM and many others)',
    template: chatml,
    endOfTurn: '<|im_end|>',
    needs: ['<|im_start|>', '<|im_end|>'],
  },
  plain: { name: 'plain', title: 'Plain headings', template: plain, endOfTurn: null, needs: [] },
};

/**
 * The family whose marks the vocabulary knows. `hasToken` says whether a text is one single token of the model.
 * The architecture decides where a vocabulary knows several (Gemma's also holds other families' marks as text).
 */
export function familyFor(architecture: string, hasToken: (text: string) => boolean): TemplateFamily {
  const order: readonly FamilyName[] = architecture.startsWith('gemma')
    ? ['gemma', 'chatml', 'llama3']
    : architecture.startsWith('qwen')
      ? ['chatml', 'llama3', 'gemma']
      : ['llama3', 'chatml', 'gemma'];
  const found = order.find((name) => families[name].needs.every(hasToken));
  return families[found ?? 'plain'];
}

export function isFamilyName(text: string): text is FamilyName {
  return (familyNames as readonly string[]).includes(text);
}
