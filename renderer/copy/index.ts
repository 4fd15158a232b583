import { english } from './en/index.ts';

/** Every word the window shows. Another language is another object of this type, chosen here. */
export type Words = typeof english;
export const words: Words = english;
