import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { evaluation, heldOutQuestions } from '../held-out.ts';
import { conversations, plain } from './corpus.ts';

const made = [...conversations(4000, 7)];
const exchanges = made.flat();

describe('the practice model’s corpus', () => {
  test('is the same for the same seed, on every machine', () => {
    expect(createHash('sha256').update(JSON.stringify(made)).digest('hex')).toMatchInlineSnapshot(
      `"1334bc0866217ec44b16832626870eb17b48df688affeee766eaa908e376708d"`,
    );
    expect([...conversations(50, 8)]).not.toEqual(made.slice(0, 50));
  });

  test('asks no question that the model is judged by', () => {
    expect(heldOutQuestions.size).toBe(Object.values(evaluation).flat().length);
    expect(exchanges.filter(({ user }) => heldOutQuestions.has(plain(user)))).toEqual([]);
  });

  test('is varied, and short', () => {
    expect(new Set(exchanges.map(({ user }) => user)).size).toBeGreaterThan(2000);
    expect(made.some((conversation) => conversation.length > 1)).toBe(true);
    for (const { user, assistant } of exchanges) {
      expect(user.trim()).toBe(user);
      expect(assistant).toMatch(/^[A-Za-z]/);
      expect(user.length + assistant.length).toBeLessThan(400);
    }
  });

  test('uses the right article', () => {
    const texts = exchanges.flatMap(({ user, assistant }) => [user, assistant]);
    expect(texts.filter((text) => /\b(a [aeio]\w+|an [^aeiouAEIOU\s])/.test(text))).toEqual([]);
  });
});
