/**
 * Greedy (or sampled) answers from a base model and, where given, an adapter: several prompts at once, for the
 * held-out answers that choose the kept checkpoint, and for samples. Implemented over libllama.
 */
export interface GenerateOptions {
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly repeatPenalty?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface GeneratedAnswer {
  /** Position of the prompt in the list that was handed in. */
  readonly index: number;
  readonly text: string;
  readonly ids: readonly number[];
  /** True where the model ended its turn itself (an end-of-generation token), false where the limit did. */
  readonly stopped: boolean;
}

export interface AnswerGenerator extends Disposable {
  /** Loads an adapter GGUF in place of the one before; null goes back to the bare base. */
  useAdapter(adapterPath: string | null): void;
  /** Answers in the order they finish. Prompts are token ids (BOS included). */
  generate(prompts: readonly (readonly number[])[], options: GenerateOptions): AsyncIterable<GeneratedAnswer>;
}
