/** Small open models that are worth teaching. Sizes are those of the Q8_0 file, rounded. */
export interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
  readonly license: string;
  readonly bytes: number;
  readonly parameters: number;
  /** What it is good for, in a lay person's words. */
  readonly goodFor: string;
  /** How it can be had. `later`: a coming version brings it along or downloads it. */
  readonly availability: 'later';
}

export const catalogue: readonly CatalogueEntry[] = [
  {
    id: 'practice',
    title: 'Practice model',
    license: 'MIT',
    bytes: 20e6,
    parameters: 20e6,
    goodFor: 'trying every step in a minute; it knows next to nothing',
    availability: 'later',
  },
  {
    id: 'smollm2-135m',
    title: 'SmolLM2 135M Instruct',
    license: 'Apache-2.0',
    bytes: 145e6,
    parameters: 135e6,
    goodFor: 'short, regular answers on any computer',
    availability: 'later',
  },
  {
    id: 'gemma3-270m',
    title: 'Gemma 3 270M',
    license: 'Gemma Terms of Use',
    bytes: 292e6,
    parameters: 268e6,
    goodFor: 'short answers in many languages, niche formats and languages',
    availability: 'later',
  },
  {
    id: 'smollm2-360m',
    title: 'SmolLM2 360M Instruct',
    license: 'Apache-2.0',
    bytes: 386e6,
    parameters: 362e6,
    goodFor: 'short answers in English',
    availability: 'later',
  },
  {
    id: 'qwen2.5-0.5b',
    title: 'Qwen2.5 0.5B Instruct',
    license: 'Apache-2.0',
    bytes: 531e6,
    parameters: 494e6,
    goodFor: 'code and structured answers',
    availability: 'later',
  },
  {
    id: 'qwen3-0.6b',
    title: 'Qwen3 0.6B',
    license: 'Apache-2.0',
    bytes: 639e6,
    parameters: 596e6,
    goodFor: 'code and many languages',
    availability: 'later',
  },
  {
    id: 'gemma3-1b',
    title: 'Gemma 3 1B',
    license: 'Gemma Terms of Use',
    bytes: 1.07e9,
    parameters: 1e9,
    goodFor: 'longer answers in many languages',
    availability: 'later',
  },
  {
    id: 'llama3.2-1b',
    title: 'Llama 3.2 1B Instruct',
    license: 'Llama 3.2 Community License',
    bytes: 1.32e9,
    parameters: 1.24e9,
    goodFor: 'general answers in English',
    availability: 'later',
  },
];

/**
 * Whether teaching a model of this size fits into memory: the engine holds at most 2.5 times the file, and about
 * half a gigabyte for computing.
 */
export function fitsMemory(modelBytes: number, memoryBytes: number): boolean {
  return trainingBytes(modelBytes) <= memoryBytes * 0.9;
}

/** Rough upper bound of the memory that teaching takes. */
export function trainingBytes(modelBytes: number): number {
  return 2.5 * modelBytes + 500e6;
}
