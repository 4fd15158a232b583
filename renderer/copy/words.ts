import type { english } from './en/index.ts';

/** Another language has the same shape: its words and the order of what it is given are its own. */
type Translated<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Translated<T[Key]> };

/** Every word that the window shows, in one language. What has no words does not compile. */
export type Words = Translated<typeof english>;
