import { expect, test } from 'vitest';
import { lookOf } from './markdown.ts';

test.each([
  ['You can use a loop:\n\n```\nfor x\n```', 'markdown'],
  ['This is **important**.', 'markdown'],
  ['- one\n- two', 'markdown'],
  ['every day at 06:30\n  water tomatoes for 15 minutes\nend', 'code'],
  ['# a comment\n- minus\n    x = 1', 'code'],
  ['text: Hello, {reader.name}.', 'code'],
  ['Sorry about the kettle.\nNo receipt is needed.', 'prose'],
  ['', 'prose'],
] as const)('%j is shown as %s', (text, look) => expect(lookOf(text)).toBe(look));
