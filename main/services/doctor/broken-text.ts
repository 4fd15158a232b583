/**
 * UTF-8 that was read as Windows-1252 and saved again ("Ã©" for "é", "â€™" for an apostrophe), marks of a byte order
 * inside a text, and the character that stands for what could not be read.
 */
const damaged =
  /Ã[\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|â€[\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]|Â[\u00a0-\u00bf]|ï»¿|ï¿½|ðŸ|\ufffd/u;

/** True where a text looks damaged by a wrong encoding somewhere on its way. */
export function hasBrokenCharacters(text: string): boolean {
  return damaged.test(text);
}
