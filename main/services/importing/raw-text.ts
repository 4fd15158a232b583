/** What stands in the file where a row could not be used. */
export interface RawText {
  readonly text: string;
  /** Where in `text` the fault is; `text.length` for something that is missing at its end; null where it is no one place. */
  readonly at: number | null;
}

const mostChars = 240;

/** The part of a row around its fault, or its beginning; `…` where something is left out. A copy, so that the file's text need not be kept. */
export function excerpt(text: string, fault: number | null = null): RawText {
  if (text.length <= mostChars) return { text: copyOf(text), at: fault };
  const from = Math.max(0, Math.min((fault ?? 0) - mostChars / 2, text.length - mostChars));
  const [before, after] = [from > 0 ? '…' : '', from + mostChars < text.length ? '…' : ''];
  const part = copyOf(text.slice(from, from + mostChars));
  return { text: `${before}${part}${after}`, at: fault === null ? null : fault - from + before.length };
}

function copyOf(text: string): string {
  return Buffer.from(text.toWellFormed()).toString();
}
