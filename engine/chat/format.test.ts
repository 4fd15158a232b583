import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { chatCases, missingPart, openCase } from '../../tests/support/chat-cases.ts';
import { createChatFormat, encodeText } from './chat-format.ts';
import { encodeExample, formatExample } from './format.ts';
import type { OpenChatFormat } from './open.ts';
import { renderPrompt } from './prompt.ts';

const qwen = chatCases.find((each) => each.name === 'Qwen 2.5');
const missing = qwen === undefined ? 'no such case' : missingPart(qwen);
const options = { index: 6, maxTokens: 1000 };
const exchange: readonly Message[] = [
  { role: 'user', content: 'What is 2 + 2?' },
  { role: 'assistant', content: 'Four.' },
];

describe.skipIf(missing !== null)(`formatting with Qwen 2.5${missing === null ? '' : ` (not run: ${missing})`}`, () => {
  let format: OpenChatFormat;
  beforeAll(() => {
    if (qwen !== undefined) format = openCase(qwen);
  });
  afterAll(() => format[Symbol.dispose]());

  test('marks each token as learned, read or cut', () => {
    const { tokens, text, sequences } = formatExample(format, { messages: exchange }, options);
    const partOf = (role: string) =>
      tokens
        .filter((token) => token.role === role)
        .map((token) => token.text)
        .join('');
    expect(partOf('learned')).toBe('Four.<|im_end|>');
    expect(partOf('read') + partOf('learned')).toBe(text);
    expect(sequences[0]?.example).toBe(6);

    const cut = formatExample(format, { messages: exchange }, { index: 6, maxTokens: tokens.length - 1 });
    expect(cut.tokens.at(-1)).toMatchObject({ text: '<|im_end|>', role: 'cut' });
    expect(cut.sequences[0]?.ids).toHaveLength(tokens.length - 1);
    expect(cut.problem).toBeNull();
  });

  test('a row whose answer is cut to nothing is named, with what to do', () => {
    const example = { messages: exchange, source: { file: 'data.jsonl', line: 12 } };
    const { problem, sequences, tokens } = formatExample(format, example, { index: 6, maxTokens: 10 });
    expect(problem).toMatchObject({ row: 7, kind: 'answer-cut-away' });
    expect(problem?.message).toMatch(/^Row 7 \(line 12 of data.jsonl\) is too long/);
    expect(sequences).toEqual([]);
    expect(tokens.slice(10).every((token) => token.role === 'cut')).toBe(true);
    expect(() => encodeExample(format, example, { index: 6, maxTokens: 10 })).toThrow(
      expect.objectContaining({ code: 'data-unusable', advice: expect.stringContaining('--max-tokens') }),
    );
  });

  test('a row without an answer has nothing to learn', () => {
    const { problem } = formatExample(format, { messages: exchange.slice(0, 1) }, options);
    expect(problem).toMatchObject({ kind: 'nothing-to-learn', message: expect.stringMatching(/^Row 7 has no answer/) });
  });

  test.each(['<|im_end|>', '<|endoftext|>', '<|im_start|>'])(
    'a row that quotes the mark %s is refused by name',
    (mark) => {
      for (const at of [0, 1]) {
        const messages = exchange.map((message, k) => (k === at ? { ...message, content: `see ${mark}!` } : message));
        const { problem, sequences } = formatExample(format, { messages }, options);
        expect(problem?.kind).toBe('control-text');
        expect(problem?.message).toBe(
          `Row 7 contains “${mark}”, which this model reads as a mark of its own, not as text.`,
        );
        expect(sequences).toEqual([]);
      }
      expect(() => renderPrompt(format, [{ role: 'user', content: `a ${mark} b` }])).toThrow(
        expect.objectContaining({ code: 'bad-request' }),
      );
    },
  );

  test('text that only looks like a mark is text', () => {
    const messages = exchange.map((message) => ({ ...message, content: '<|im_ end|> <b> <|nothing|>' }));
    expect(formatExample(format, { messages }, options).problem).toBeNull();
  });

  test('a question after the last answer is left out', () => {
    const messages: readonly Message[] = [...exchange, { role: 'user', content: 'And 3 + 3?' }];
    expect(formatExample(format, { messages }, options).text).toBe(
      formatExample(format, { messages: exchange }, options).text,
    );
  });

  test('a template without an end of turn gets the end of sequence', () => {
    const bare = createChatFormat({
      tokenizer: format.tokenizer,
      architecture: 'qwen2',
      ownTemplate:
        '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}',
    });
    const { tokens } = formatExample(bare, { messages: exchange }, options);
    const learned = tokens
      .filter((token) => token.role === 'learned')
      .map((token) => token.text)
      .join('');
    expect(learned).toMatch(/^ ?Four\.<\|(endoftext|im_end)\|>$/);
    expect(bare.endOfTurn.id).toBe(format.tokenizer.eos);
  });

  test('a template that opens the answer differently than it writes it still teaches the answer', () => {
    const thinking = createChatFormat({
      tokenizer: format.tokenizer,
      architecture: 'qwen2',
      ownTemplate:
        '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}' +
        '{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}',
    });
    const { tokens, text } = formatExample(thinking, { messages: exchange }, options);
    const learned = tokens
      .filter((token) => token.role === 'learned')
      .map((token) => token.text)
      .join('');
    expect(learned).toBe('Four.<|im_end|>');
    expect(text).toMatch(/assistant\n<think>\nFour\.<\|im_end\|>$/);
  });

  test('a chosen family must fit the model', () => {
    const choose = (chosen: string) =>
      createChatFormat({ tokenizer: format.tokenizer, architecture: 'qwen2', ownTemplate: null, chosen });
    expect(choose('chatml').family).toBe('chatml');
    expect(choose('plain').endOfTurn.id).toBe(format.tokenizer.eos);
    expect(() => choose('gemma')).toThrow(/does not fit this model: it does not know <start_of_turn>, <end_of_turn>/);
    expect(() => choose('nonsense')).toThrow(expect.objectContaining({ code: 'template-invalid' }));
  });
});

const llama = chatCases.find((each) => each.name === 'Llama 3.1');
const llamaMissing = llama === undefined ? 'no such case' : missingPart(llama);
test.skipIf(llamaMissing !== null)(
  `one BOS, written by the template or not${llamaMissing === null ? '' : ` (not run: ${llamaMissing})`}`,
  () => {
    if (llama === undefined) return;
    using format = openCase(llama);
    const { tokenizer } = format;
    for (const text of ['hello', '<|begin_of_text|>hello', '<|begin_of_text|><|begin_of_text|>hello']) {
      const ids = [...encodeText(tokenizer, text)];
      expect(ids[0]).toBe(tokenizer.bos);
      expect(ids.indexOf(tokenizer.bos ?? -1, 1)).toBe(-1);
    }
  },
);
