import type { z } from 'zod';

/** One call, one answer. */
export interface RequestDefinition<I extends z.ZodType, O extends z.ZodType> {
  readonly kind: 'request';
  readonly input: I;
  readonly output: O;
}

/** One call, many events, then an end. */
export interface StreamDefinition<I extends z.ZodType, E extends z.ZodType> {
  readonly kind: 'stream';
  readonly input: I;
  readonly event: E;
}

export type Definition = RequestDefinition<z.ZodType, z.ZodType> | StreamDefinition<z.ZodType, z.ZodType>;
/** A feature's whole border: name -> request or stream. */
export type Contract = Readonly<Record<string, Definition>>;

export function request<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): RequestDefinition<I, O> {
  return { kind: 'request', input, output };
}

export function stream<I extends z.ZodType, E extends z.ZodType>(input: I, event: E): StreamDefinition<I, E> {
  return { kind: 'stream', input, event };
}

/** What the serving side must implement: every entry, or it does not compile. */
export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: C[K] extends RequestDefinition<infer I, infer O>
    ? (input: z.output<I>, signal: AbortSignal) => Promise<z.input<O>>
    : C[K] extends StreamDefinition<infer I, infer E>
      ? (input: z.output<I>, signal: AbortSignal) => AsyncIterable<z.input<E>>
      : never;
};

/** What the calling side sees. */
export type Client<C extends Contract> = {
  readonly [K in keyof C]: C[K] extends RequestDefinition<infer I, infer O>
    ? (input: z.input<I>, signal?: AbortSignal) => Promise<z.output<O>>
    : C[K] extends StreamDefinition<infer I, infer E>
      ? (input: z.input<I>, signal?: AbortSignal) => AsyncIterable<z.output<E>>
      : never;
};
