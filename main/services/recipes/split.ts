import { createHash } from 'node:crypto';

/** Positions (from 0) of the rows to learn from and of those to keep for testing, both in rising order. */
export interface Split {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/**
 * Divides rows into training and held-out by a hash of seed and key, so that the same data and seed always give
 * the same split, and rows with equal keys (pass what is asked, not what is answered) stay on one side: a
 * question that was practised must not be in the test. The held-out side gets `Math.round(rows x share)` rows,
 * or fewer where a group of equal keys would not fit.
 */
export function splitRows(keys: readonly string[], share: number, seed: number): Split {
  const wanted = Math.round(keys.length * share);
  const groups = new Map<string, number[]>();
  for (const [row, key] of keys.entries()) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const order = [...groups.entries()]
    .map(([key, rows]) => ({ rows, hash: createHash('sha256').update(`${seed}\0${key}`).digest('hex') }))
    .toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  const heldOut: number[] = [];
  const train: number[] = [];
  for (const { rows } of order) {
    // One side must keep something to learn from, whatever the share.
    const fits = heldOut.length + rows.length <= wanted && heldOut.length + rows.length < keys.length;
    (fits ? heldOut : train).push(...rows);
  }
  const rising = (a: number, b: number): number => a - b;
  return { train: train.toSorted(rising), heldOut: heldOut.toSorted(rising) };
}
