/** A model's own tokenizer. Implemented over libllama's vocabulary (engine/native/vocabulary.ts). */
export interface Tokenizer extends Disposable {
  readonly size: number;
  readonly bos: number | null;
  readonly eos: number | null;
  readonly eot: number | null;
  /** Whether the model's files ask for a BOS before the text. */
  readonly addsBos: boolean;
  /**
   * Token ids of a text. `parseSpecial`: special tokens written in the text become their token.
   * Never adds a BOS or EOS by itself.
   */
  tokenize(text: string, parseSpecial: boolean): Int32Array;
  /** The bytes of one token; a token may hold a part of a character only. Special tokens as written. */
  tokenBytes(id: number): Uint8Array;
  /** The bytes of one token as text; special tokens as written. */
  tokenText(id: number): string;
  detokenize(ids: readonly number[] | Int32Array, special: boolean): string;
  /** A mark of the model's format (turns, beginning, end, unknown), which no ordinary text should become. */
  isControl(id: number): boolean;
  isEndOfGeneration(id: number): boolean;
}
