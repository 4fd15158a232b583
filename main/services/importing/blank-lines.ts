/** Lines joined to a text without the empty ones at its beginning and end; indentation and inner ones stay. */
export function joinTrimmed(lines: readonly string[]): string {
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.trim() === '') end -= 1;
  let start = 0;
  while (start < end && lines[start]?.trim() === '') start += 1;
  return lines.slice(start, end).join('\n');
}
