import { setImmediate as nextTurn } from 'node:timers/promises';
import { isAlike, mix, type Fingerprint } from './fingerprint.ts';
import type { Groups } from './groups.ts';

/** Two examples that share this part of their word triples say nearly the same. */
export const nearLikeness = 0.8;

/*
 * MinHash with banding (Broder 1997; Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", section 3.4): rows
 * that agree in all minima of any band are compared. With 14 bands of 4, a pair of likeness 0.8 is compared with
 * probability 1 - (1 - 0.8^4)^14 = 0.9994, one of likeness 0.3 with 0.11.
 */
const bands = 14;
const rowsPerBand = 4;

/**
 * In a bucket each row is compared with at most this many different others: rows made from one template would
 * otherwise all be compared with all. Rows already joined count once.
 */
const comparedPerBucket = 12;

/** Rows after which other work gets its turn: some 10 ms. */
const rowsPerTurn = 4000;

/** Joins in `groups` the rows (0-based) that are nearly alike. Takes a few seconds for 100,000 rows, in short turns. */
export async function joinNearDuplicates(
  prints: readonly Fingerprint[],
  groups: Groups,
  signal?: AbortSignal,
): Promise<void> {
  const seeds = Array.from({ length: bands * rowsPerBand }, (_, index) => mix(index + 1));
  const minima: Uint32Array[] = [];
  for (const { sketch } of prints) {
    if (minima.length % rowsPerTurn === 0) await turn(signal);
    minima.push(minHashes(sketch, seeds));
  }
  for (let band = 0; band < bands; band += 1) {
    const buckets = new Map<number, number[]>();
    for (const [row, hashes] of minima.entries()) {
      if (row % rowsPerTurn === 0) await turn(signal);
      if (prints[row]?.sketch.length === 0) continue;
      const key = bandKey(hashes, band);
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [row]);
      else compareWith(bucket, row, prints, groups);
    }
  }
}

async function turn(signal?: AbortSignal): Promise<void> {
  await nextTurn();
  signal?.throwIfAborted();
}

const none = new Uint32Array();

function compareWith(bucket: number[], row: number, prints: readonly Fingerprint[], groups: Groups): void {
  const sketch = prints[row]?.sketch ?? none;
  for (const other of bucket) {
    if (groups.find(other) === groups.find(row)) return;
    if (isAlike(sketch, prints[other]?.sketch ?? none, nearLikeness)) {
      groups.join(other, row);
      return;
    }
  }
  // The bucket keeps one row per group, so that its size is the number of different texts.
  if (bucket.length < comparedPerBucket) bucket.push(row);
}

function minHashes(sketch: Uint32Array, seeds: readonly number[]): Uint32Array {
  const minima = new Uint32Array(seeds.length).fill(0xffffffff);
  for (const hash of sketch) {
    for (let index = 0; index < seeds.length; index += 1) {
      const value = mix(hash ^ (seeds[index] ?? 0));
      if (value < (minima[index] ?? 0)) minima[index] = value;
    }
  }
  return minima;
}

/** 53 bits of the band's minima. */
function bandKey(minima: Uint32Array, band: number): number {
  let low = mix(band + 1);
  let high = mix(band + 101);
  for (let index = 0; index < rowsPerBand; index += 1) {
    const value = minima[band * rowsPerBand + index] ?? 0;
    low = mix(low ^ value);
    high = mix(high ^ mix(value + 0x9e3779b9));
  }
  return high * 2 ** 21 + (low >>> 11);
}
