import { pathRules, type Host } from './host.ts';

/** Device names that Windows keeps in every folder, with any ending. */
const reservedNames = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** Most file systems allow 255 bytes; room is left for endings such as `.part` and a number. */
const maxNameBytes = 200;

/**
 * A file name from any text (a person's title, a model's name) that is legal on all three systems, so that an
 * exported run can be opened anywhere. Never empty, never a path, never `.` or `..`.
 */
export function safeFileName(text: string, fallback = 'untitled'): string {
  const cleaned = text
    .normalize('NFC')
    // eslint-disable-next-line no-control-regex -- control characters are exactly what must go
    .replaceAll(/[<>:"/\\|?*\u0000-\u001f\u007f]/g, '-')
    .replaceAll(/\s+/g, ' ')
    // Windows drops trailing dots and spaces, so two names could become one; leading dots hide a file.
    .replace(/^[. ]+/, '')
    .replace(/[. ]+$/, '');
  const short = truncateUtf8(cleaned, maxNameBytes).replace(/[. ]+$/, '');
  if (short === '' || /^-+$/.test(short)) return fallback;
  return reservedNames.test(short) ? `_${short}` : short;
}

/** True where `name` can be used as it is: `safeFileName` would not change it. */
export function isSafeFileName(name: string): boolean {
  return name !== '' && safeFileName(name, '') === name;
}

/**
 * True where `candidate` lies strictly inside `folder`, by the text of both paths (absolute, of this host).
 * Links are not followed: resolve both with `realpath` first where a link could lead out.
 */
export function isInside(host: Host, folder: string, candidate: string): boolean {
  const { relative, isAbsolute, sep } = pathRules(host);
  const way = relative(folder, candidate);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Cuts to a number of UTF-8 bytes without splitting a character. */
function truncateUtf8(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Continuation bytes are 10xxxxxx: step back to the start of the character that was cut.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
