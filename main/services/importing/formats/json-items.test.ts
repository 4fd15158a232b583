import { expect, test } from 'vitest';
import fc from 'fast-check';
import { JsonSplitter, type JsonItem } from './json-items.ts';

function split(
  pieces: readonly string[],
  layout: 'values' | 'elements' | 'members',
  maxRowChars = 1e6,
): readonly JsonItem[] {
  const splitter = new JsonSplitter(layout, maxRowChars);
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

test('the same items wherever the text is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.constantFrom(0, 2),
      fc.array(fc.nat(), { maxLength: 9 }),
      (values, indent, cuts) => {
        const wrap = {
          values: values.map((value) => JSON.stringify(value, null, indent)).join('\n'),
          elements: JSON.stringify(values, null, indent),
          members: JSON.stringify({ a: 1, 'b"]': values }, null, indent),
        };
        for (const layout of ['values', 'elements', 'members'] as const) {
          const items = split(pieces(wrap[layout], cuts), layout);
          expect(items).toEqual(split([wrap[layout]], layout));
          // A list at the top of 'values' or 'elements' is itself an item or holds them; compare what it held.
          if (layout !== 'values')
            expect(items.map(({ text }) => JSON.parse(text ?? 'null') as unknown)).toEqual(
              JSON.parse(JSON.stringify(values)),
            );
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('items longer than the limit are reported, not held', () => {
  const long = `[{"a":"${'x'.repeat(100)}"},{"b":1}]`;
  expect(split(pieces(long, [10, 20, 50, 90]), 'elements', 50)).toMatchObject([
    { problem: 'too-long', line: 1 },
    { text: '{"b":1}' },
  ]);
});

test('stray words between values are one item', () => {
  expect(split(['{"a":1}\nnot json at all\n{"b":2}\n'], 'values').map(({ line, text }) => [line, text])).toEqual([
    [1, '{"a":1}'],
    [2, 'not json at all'],
    [3, '{"b":2}'],
  ]);
});
