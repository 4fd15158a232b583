import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAlike, likeness } from './fingerprint.ts';

const sketch = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
  .map((numbers) => Uint32Array.from(numbers).sort());

test('the quick answer is that of the whole comparison', () => {
  fc.assert(
    fc.property(sketch, sketch, fc.constantFrom(0.5, 0.8, 1), (a, b, least) => {
      expect(isAlike(a, b, least)).toBe(a.length > 0 && b.length > 0 && likeness(a, b) >= least);
    }),
    { numRuns: 2000 },
  );
});
