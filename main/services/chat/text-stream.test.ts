import { expect, test } from 'vitest';
import { textStream } from './text-stream.ts';

/** Feeds the answer byte by byte, as the hardest tokenizer would. */
function feed(answer: string, stops: readonly string[]) {
  const bytes = [...Buffer.from(answer)];
  const stream = textStream(stops, (tokens) => Buffer.from(tokens).toString('utf8'));
  const shown: string[] = [];
  let isStopped = false;
  for (let length = 1; length <= bytes.length && !isStopped; length += 1) {
    const step = stream.add(bytes.slice(0, length));
    isStopped = step.isStopped;
    if (step.added !== '') shown.push(step.added);
  }
  shown.push(stream.end());
  return { shown: shown.join(''), pieces: shown, whole: stream.whole(), isStopped };
}

test('characters of several bytes appear whole', () => {
  const { shown, pieces, whole } = feed('Grüße 🙂 an 日本', []);
  expect(shown).toBe('Grüße 🙂 an 日本');
  expect(whole).toBe(shown);
  expect(pieces.some((piece) => piece.includes('\uFFFD'))).toBe(false);
});

test('a stop text ends the answer and is never shown, not even in part', () => {
  const { shown, pieces, whole, isStopped } = feed('yes<|im_end|>no', ['<|im_end|>', '</s>']);
  expect(isStopped).toBe(true);
  expect(whole).toBe('yes');
  expect(shown).toBe('yes');
  expect(pieces.join('')).not.toContain('<');
});

test('what only looks like the beginning of a stop text is shown in the end', () => {
  expect(feed('a <b> and <', ['<|im_end|>']).shown).toBe('a <b> and <');
});
