/**
 * Seeded pseudo-random numbers: xoshiro128** by David Blackman and Sebastiano Vigna
 * (https://prng.di.unimi.it/xoshiro128starstar.c, public domain algorithm), filled by splitmix32.
 *
 * Nothing in training keeps a generator from one update to the next: every use derives its own seed from the
 * recipe's seed and from where it is (epoch, update, pack). So a resumed run needs no saved generator.
 */
export interface Random {
  /** 0 to 2^32 - 1. */
  nextUint32(): number;
  /** An integer from 0 to `limit` - 1. `limit` is below 2^32. */
  below(limit: number): number;
}

export function createRandom(seed: number): Random {
  let mixed = seed >>> 0;
  const next = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    return finalMix(mixed);
  };
  return xoshiro128([next(), next(), next(), next()]);
}

/** Generator with an explicit state; the four words must not all be zero. */
export function xoshiro128(state: readonly [number, number, number, number]): Random {
  let [s0, s1, s2, s3] = state;
  const nextUint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return result;
  };
  return { nextUint32, below: (limit) => Math.floor((nextUint32() / 2 ** 32) * limit) };
}

/** One 32-bit seed from several numbers; a different order or length gives a different seed. */
export function deriveSeed(...parts: readonly number[]): number {
  let hash = 0x811c9dc5 ^ parts.length;
  for (const part of parts) {
    const low = part >>> 0;
    const high = Math.floor(part / 2 ** 32) >>> 0;
    hash = finalMix(Math.imul(hash, 31) + finalMix(low + 0x9e3779b9) + Math.imul(finalMix(high), 17));
  }
  return hash >>> 0;
}

/** Positions 0 to `count` - 1 in a random order (Fisher-Yates). */
export function shuffledPositions(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, position) => position);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const held = order[last] as number;
    order[last] = order[other] as number;
    order[other] = held;
  }
  return order;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): every input bit reaches every output bit. */
function finalMix(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
