/** "1 example has" or "3 examples have". */
export function plural(rows: readonly number[] | number, one: string, several: string): string {
  const count = typeof rows === 'number' ? rows : rows.length;
  return `${count} ${count === 1 ? one : several}`;
}

/** "row 3", "rows 3, 8 and 12", "rows 3, 8, 12, 15, 19 and 40 more". */
export function listRows(rows: readonly number[]): string {
  if (rows.length === 1) return `row ${rows[0]}`;
  if (rows.length <= 6) return `rows ${rows.slice(0, -1).join(', ')} and ${rows.at(-1)}`;
  return `rows ${rows.slice(0, 5).join(', ')} and ${rows.length - 5} more`;
}
