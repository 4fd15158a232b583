import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EncodedSequence } from '../chat/encoded.ts';
import { countLearned, countTokens, defaultMaxSequences, packSequences } from './packs.ts';

const sequence = (length: number, example = 0): EncodedSequence => ({
  example,
  ids: new Int32Array(length),
  learned: new Uint8Array(length).fill(1, 1),
});
const lengths = (packs: readonly (readonly EncodedSequence[])[]): number[][] =>
  packs.map((pack) => pack.map((item) => item.ids.length));

test('each sequence goes into the first pack with room', () => {
  const packs = packSequences(
    [6, 5, 4, 3, 2].map((length) => sequence(length)),
    { maxTokens: 10 },
  );
  expect(lengths(packs)).toEqual([
    [6, 4],
    [5, 3, 2],
  ]);
});

test('a sequence above the limit is alone and whole', () => {
  expect(lengths(packSequences([sequence(3), sequence(20), sequence(4)], { maxTokens: 10 }))).toEqual([[3, 4], [20]]);
});

test('packs hold few sequences however short these are', () => {
  const packs = packSequences(
    Array.from({ length: 30 }, () => sequence(2)),
    { maxTokens: 1024 },
  );
  expect(Math.max(...packs.map((pack) => pack.length))).toBe(defaultMaxSequences);
});

test('nothing is lost, cut or over the limit, whatever the lengths', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }),
      fc.integer({ min: 8, max: 64 }),
      (sizes, maxTokens) => {
        const sequences = sizes.map((size, index) => sequence(size, index));
        const packs = packSequences(sequences, { maxTokens });
        expect(new Set(packs.flat())).toEqual(new Set(sequences));
        for (const pack of packs) expect(pack.length === 1 || countTokens(pack) <= maxTokens).toBe(true);
        expect(packSequences(sequences, { maxTokens })).toEqual(packs);
      },
    ),
  );
});

test('counts tokens and learned tokens', () => {
  expect(countTokens([sequence(4), sequence(3)])).toBe(7);
  expect(countLearned([sequence(4), sequence(3)])).toBe(5);
});
