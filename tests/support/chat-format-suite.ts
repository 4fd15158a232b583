/** What holds for any conversation, whatever the template and the tokenizer: for each case, the same properties. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { encodeExample, formatExample } from '#engine/chat/format.ts';
import type { OpenChatFormat } from '#engine/chat/open.ts';
import { renderPrompt } from '#engine/chat/prompt.ts';
import { tokenTexts } from '#engine/chat/token-texts.ts';
import { missingPart, openCase, type ChatCase } from './chat-cases.ts';

const code = fc.constantFrom(
  'def f(x):\n    # adds one\n    return x + 1\n\n\nprint(f(2))\n',
  '# INPUT\nif a < b {\n\t\tgo()\n\t}\n# OUTPUT\n',
  '    indented first line\n  less\n',
  '<b>bold</b> & {{ braces }} {% if %} \\n "quotes"',
  '\n\nstarts with empty lines',
  'ends with spaces   ',
);
/** SentencePiece cannot tell this character from a space. */
const spaceMark = '\u2581';
const content = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.lorem({ maxCount: 12 }), code)
  .map((text) => text.replaceAll(spaceMark, '_'));
const conversation = fc
  .record({
    system: fc.option(fc.oneof(content, fc.constant('')), { nil: undefined }),
    turns: fc.array(fc.tuple(content, content), { minLength: 1, maxLength: 3 }),
  })
  .map(({ system, turns }): readonly Message[] => [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    ...turns.flatMap(([user, assistant]): Message[] => [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ]),
  ]);

const options = { index: 0, maxTokens: 100_000 };

export function testChatFormat(chatCase: ChatCase): void {
  describe(`${chatCase.name}`, () => {
    const missing = missingPart(chatCase);
    if (missing !== null) {
      test.skip(`not run: ${missing}`);
      return;
    }
    let format: OpenChatFormat;
    beforeAll(() => {
      format = openCase(chatCase);
    });
    afterAll(() => format[Symbol.dispose]());

    const textOf = (ids: Iterable<number>) => tokenTexts(format.tokenizer, ids).join('');
    const withoutSpaces = (text: string) => text.replaceAll(/ +/g, '');

    test('ends turns with its own token', () => {
      expect(format.endOfTurn.text).toBe(chatCase.endOfTurn);
      expect(format.tokenizer.isEndOfGeneration(format.endOfTurn.id)).toBe(true);
    });

    test('learns exactly each answer and its end of turn, read after exactly the prompt of a chat', () => {
      fc.assert(
        fc.property(conversation, (messages) => {
          const { sequences, tokens, text, problem } = formatExample(format, { messages }, options);
          expect(problem).toBeNull();
          expect(tokens.map((token) => token.text).join('')).toBe(text);
          const runs = sequences.flatMap(({ ids, learned }) => learnedRuns(ids, learned));
          const answers = messages.flatMap((message, k) => (message.role === 'assistant' ? [k] : []));
          // Every answer is learned once, in a run of its own.
          expect(runs).toHaveLength(answers.length);
          for (const [n, k] of answers.entries()) {
            const run = runs[n];
            const answer = messages[k]?.content ?? '';
            const prompt = renderPrompt(format, messages.slice(0, k));
            const expected =
              (chatCase.trims ? answer.trim() : withoutLeadingLines(answer, chatCase.name)) + chatCase.endOfTurn;
            const learnedText = textOf(run?.learned ?? []);
            if (expectSameTokens(run?.before ?? [], [...prompt.ids])) {
              expect(withoutSpaces(learnedText)).toBe(withoutSpaces(expected));
              if (chatCase.architecture !== 'llama' || chatCase.endOfTurn !== '</s>')
                expect(learnedText).toBe(expected);
            } else {
              // The answer's first characters melt into the prompt's last token: learning starts with that token.
              const extra = learnedText.slice(0, learnedText.length - expected.length);
              expect(learnedText.endsWith(expected)).toBe(true);
              expect(extra.length).toBeLessThan(8);
              expect(prompt.text.endsWith(extra)).toBe(true);
            }
          }
        }),
        { numRuns: 25 },
      );
    });

    test('has exactly one BOS where the model wants one', () => {
      fc.assert(
        fc.property(conversation, (messages) => {
          const { bos, addsBos } = format.tokenizer;
          for (const { ids, learned } of encodeExample(format, { messages }, options)) {
            expect(learned[0]).toBe(0);
            if (!addsBos || bos === null) continue;
            expect(ids[0]).toBe(bos);
            expect(ids.indexOf(bos, 1)).toBe(-1);
          }
        }),
        { numRuns: 10 },
      );
    });

    test('cuts to the limit, or says that nothing is left of the answer', () => {
      fc.assert(
        fc.property(conversation, fc.integer({ min: 8, max: 120 }), (messages, maxTokens) => {
          const whole = formatExample(format, { messages }, options);
          const cut = formatExample(format, { messages }, { index: 4, maxTokens });
          expect(cut.text).toBe(whole.text);
          expect(cut.tokens.map((token) => token.id)).toEqual(whole.tokens.map((token) => token.id));
          if (cut.problem !== null) {
            expect(cut.problem.kind).toBe('answer-cut-away');
            expect(cut.problem.message).toMatch(/^Row 5 is too long/);
            expect(cut.sequences).toEqual([]);
            return;
          }
          for (const [i, { ids, learned }] of cut.sequences.entries()) {
            expect(ids.length).toBeLessThanOrEqual(maxTokens);
            expect([...ids]).toEqual([...(whole.sequences[i]?.ids ?? [])].slice(0, maxTokens));
            expect([...learned]).toContain(1);
          }
          const kept = cut.tokens.filter((token) => token.role !== 'cut').length;
          expect(kept).toBe(cut.sequences.reduce((sum, { ids }) => sum + ids.length, 0));
        }),
        { numRuns: 10 },
      );
    });
  });
}

/** Each unbroken stretch of learned tokens, with everything that is read before it. */
function learnedRuns(ids: Int32Array, learned: Uint8Array): { before: number[]; learned: number[] }[] {
  const runs: { before: number[]; learned: number[] }[] = [];
  for (let i = 1; i < ids.length; i++) {
    if (learned[i] !== 1) continue;
    if (learned[i - 1] === 0) runs.push({ before: [...ids.subarray(0, i)], learned: [] });
    runs.at(-1)?.learned.push(ids[i] ?? -1);
  }
  return runs;
}

function expectSameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Qwen 3 drops empty lines in front of an answer. */
function withoutLeadingLines(answer: string, name: string): string {
  return name === 'Qwen 3' ? answer.replace(/^\n+/, '') : answer;
}
