import { isBareValue, nameScore } from '../columns.ts';

/** True where the names hold one for questions and one for answers, each at least so sure. */
export function namesRoles(names: readonly string[], score: number): boolean {
  return (['answer', 'question'] as const).every((role) => names.some((name) => nameScore(name, role) >= score));
}

/** A first row of names: known words, a word over a column of numbers or dates, or short labels over longer text. */
export function looksLikeHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined) return false;
  const names = first.map((name) => name.trim());
  if (names.some((name) => name.length > 40) || new Set(names).size !== names.length) return false;
  if (namesRoles(names, 6)) return true;
  const labels = names.every((name) => /^[\p{L}_][\p{L}\p{N}_ -]{0,29}$/u.test(name) && name.split(' ').length <= 3);
  if (!labels || rest.length === 0) return false;
  if (namesRoles(names, 4) || names.some((name) => nameScore(name, 'answer') >= 8)) return true;
  if (names.some((_, column) => isBareColumn(rest, column))) return true;
  const bodyChars = rest.flat().reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, rest.flat().length);
  return bodyChars > 2 * (names.join('').length / names.length);
}

/** Nothing but numbers, dates or identifiers, in two cells at least: one shows nothing. */
function isBareColumn(rows: readonly (readonly string[])[], column: number): boolean {
  const filled = rows.map((cells) => cells[column]?.trim() ?? '').filter(Boolean);
  return filled.length >= 2 && filled.every(isBareValue);
}

/** Names for columns that have none: '1', '2', … */
export const numbered = (width: number): readonly string[] =>
  Array.from({ length: width }, (_, index) => String(index + 1));

/** Names as in the header, made different where two are alike. */
export function uniqueNames(cells: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = cell.trim() || String(index + 1);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** A row's cells by their column's name. */
export function asRecord(names: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
}
