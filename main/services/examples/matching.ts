import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Example } from '#common/domain/example.ts';

export interface Wanted {
  /** Part of any text, whatever its case. */
  readonly search?: string | undefined;
  /** Only what came of this file. */
  readonly file?: string | undefined;
  /** Only these rows, 1-based. */
  readonly rows?: readonly number[] | undefined;
}

const rowsPerTurn = 5000;

/** 1-based rows that match; undefined where nothing is asked for and all do. Gives other work its turn on the way. */
export async function matching(
  rows: readonly Example[],
  { search, file, rows: wanted }: Wanted,
  signal?: AbortSignal,
): Promise<readonly number[] | undefined> {
  const text = search?.trim().toLowerCase() ?? '';
  if (text === '' && file === undefined && wanted === undefined) return undefined;
  const found: number[] = [];
  const count = wanted?.length ?? rows.length;
  for (let at = 0; at < count; at += 1) {
    if (at % rowsPerTurn === rowsPerTurn - 1) {
      await nextTurn();
      signal?.throwIfAborted();
    }
    const row = wanted === undefined ? at + 1 : (wanted[at] ?? 0);
    const example = rows[row - 1];
    if (example === undefined || (file !== undefined && example.source?.file !== file)) continue;
    if (text === '' || example.messages.some(({ content }) => content.toLowerCase().includes(text))) found.push(row);
  }
  return found;
}
