import { goodFor } from '#common/words/good-for.ts';
import type { CatalogueEntry, License } from './entry.ts';

const apache: License = {
  name: 'Apache-2.0',
  url: 'https://www.apache.org/licenses/LICENSE-2.0',
  mustAccept: false,
};
const gemma: License = { name: 'Gemma Terms of Use', url: 'https://ai.google.dev/gemma/terms', mustAccept: true };
const llama: License = {
  name: 'Llama 3.2 Community License',
  url: 'https://www.llama.com/llama3_2/license/',
  mustAccept: true,
};

/** Files of Hugging Face that anybody may fetch without an account. */
const host = 'https://huggingface.co';

/**
 * Sizes and digests are those that several independent public projects pin for the same file. No file was ever fetched from its
 * host while Tunesmith was written: what is published there when a download begins is compared again.
 */
export const builtInCatalogue: readonly CatalogueEntry[] = [
  {
    id: 'practice',
    title: 'Practice model',
    license: { name: 'MIT', url: null, mustAccept: false },
    bytes: 3.9e6,
    parameters: 1.9e6,
    goodFor: goodFor.practice,
    remote: null,
  },
  {
    id: 'smollm2-135m',
    title: 'SmolLM2 135M',
    license: apache,
    bytes: 144_811_360,
    parameters: 135e6,
    goodFor: goodFor['smollm2-135m'],
    remote: {
      url: `${host}/bartowski/SmolLM2-135M-Instruct-GGUF/resolve/main/SmolLM2-135M-Instruct-Q8_0.gguf`,
      fileName: 'SmolLM2-135M-Instruct-Q8_0.gguf',
      sha256: '5a1395716f7913741cc51d98581b9b1228d80987a9f7d3664106742eb06bba83',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'gemma3-270m',
    title: 'Gemma 3 270M',
    license: gemma,
    bytes: 291_545_600,
    parameters: 268e6,
    goodFor: goodFor['gemma3-270m'],
    remote: {
      url: `${host}/ggml-org/gemma-3-270m-it-GGUF/resolve/main/gemma-3-270m-it-Q8_0.gguf`,
      fileName: 'gemma-3-270m-it-Q8_0.gguf',
      sha256: '0ef57d2c838458a1952664260dcba38e5bdda37494f3af732f06e4add24068e3',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'smollm2-360m',
    title: 'SmolLM2 360M',
    license: apache,
    bytes: 386_404_992,
    parameters: 362e6,
    goodFor: goodFor['smollm2-360m'],
    remote: {
      url: `${host}/HuggingFaceTB/SmolLM2-360M-Instruct-GGUF/resolve/main/smollm2-360m-instruct-q8_0.gguf`,
      fileName: 'smollm2-360m-instruct-q8_0.gguf',
      sha256: '48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'qwen3-0.6b',
    title: 'Qwen3 0.6B',
    license: apache,
    bytes: 639_446_688,
    parameters: 596e6,
    goodFor: goodFor['qwen3-0.6b'],
    remote: {
      url: `${host}/Qwen/Qwen3-0.6B-GGUF/resolve/main/Qwen3-0.6B-Q8_0.gguf`,
      fileName: 'Qwen3-0.6B-Q8_0.gguf',
      sha256: '9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'qwen2.5-0.5b',
    title: 'Qwen2.5 0.5B',
    license: apache,
    bytes: 675_710_816,
    parameters: 494e6,
    goodFor: goodFor['qwen2.5-0.5b'],
    remote: {
      url: `${host}/Qwen/Qwen2.5-0.5B-Instruct-GGUF/resolve/main/qwen2.5-0.5b-instruct-q8_0.gguf`,
      fileName: 'qwen2.5-0.5b-instruct-q8_0.gguf',
      sha256: 'ca59ca7f13d0e15a8cfa77bd17e65d24f6844b554a7b6c12e07a5f89ff76844e',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'gemma3-1b',
    title: 'Gemma 3 1B',
    license: gemma,
    bytes: 1_069_306_368,
    parameters: 1e9,
    goodFor: goodFor['gemma3-1b'],
    remote: {
      url: `${host}/ggml-org/gemma-3-1b-it-GGUF/resolve/main/gemma-3-1b-it-Q8_0.gguf`,
      fileName: 'gemma-3-1b-it-Q8_0.gguf',
      // Only one project pins it, so the host's own word is taken.
      sha256: null,
      quantization: 'Q8_0',
    },
  },
  {
    id: 'llama3.2-1b',
    title: 'Llama 3.2 1B',
    license: llama,
    bytes: 1_321_083_008,
    parameters: 1.24e9,
    goodFor: goodFor['llama3.2-1b'],
    remote: {
      url: `${host}/bartowski/Llama-3.2-1B-Instruct-GGUF/resolve/main/Llama-3.2-1B-Instruct-Q8_0.gguf`,
      fileName: 'Llama-3.2-1B-Instruct-Q8_0.gguf',
      sha256: '432f310a77f4650a88d0fd59ecdd7cebed8d684bafea53cbff0473542964f0c3',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'qwen3-1.7b',
    title: 'Qwen3 1.7B',
    license: apache,
    bytes: 1_834_426_016,
    parameters: 1.7e9,
    goodFor: goodFor['qwen3-1.7b'],
    remote: {
      url: `${host}/Qwen/Qwen3-1.7B-GGUF/resolve/main/Qwen3-1.7B-Q8_0.gguf`,
      fileName: 'Qwen3-1.7B-Q8_0.gguf',
      sha256: '061b54daade076b5d3362dac252678d17da8c68f07560be70818cace6590cb1a',
      quantization: 'Q8_0',
    },
  },
  {
    id: 'qwen3-4b',
    title: 'Qwen3 4B',
    license: apache,
    bytes: 2_497_280_256,
    parameters: 4e9,
    goodFor: goodFor['qwen3-4b'],
    remote: {
      url: `${host}/Qwen/Qwen3-4B-GGUF/resolve/main/Qwen3-4B-Q4_K_M.gguf`,
      fileName: 'Qwen3-4B-Q4_K_M.gguf',
      sha256: '7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5',
      quantization: 'Q4_K_M',
    },
  },
];
