/** What each real template does to a conversation: one test for each surprise. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { chatCases, missingPart, openCase } from '../../tests/support/chat-cases.ts';
import { formatExample } from './format.ts';
import type { OpenChatFormat } from './open.ts';
import { renderPrompt } from './prompt.ts';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });

function withTemplate(name: string, tests: (tools: Tools) => void): void {
  describe(`${name}`, () => {
    const chatCase = chatCases.find((each) => each.name.startsWith(name));
    const missing = chatCase === undefined ? 'no such case' : missingPart(chatCase);
    if (chatCase === undefined || missing !== null) {
      test.skip(`not run: ${missing}`);
      return;
    }
    let format: OpenChatFormat;
    beforeAll(() => {
      format = openCase(chatCase);
    });
    afterAll(() => format[Symbol.dispose]());
    const formatted = (messages: readonly Message[]) =>
      formatExample(format, { messages }, { index: 0, maxTokens: 5000 });
    tests({
      prompt: (...messages) => renderPrompt(format, messages).text,
      stops: () => [...renderPrompt(format, [user('x')]).stops],
      format: formatted,
      learned: (...messages) =>
        formatted(messages).sequences.map(({ ids, learned }) =>
          format.tokenizer.detokenize(
            ids.filter((_, i) => learned[i] === 1),
            true,
          ),
        ),
    });
  });
}

interface Tools {
  prompt(...messages: readonly Message[]): string;
  stops(): string[];
  format(messages: readonly Message[]): ReturnType<typeof formatExample>;
  /** The learned text of each sequence. */
  learned(...messages: readonly Message[]): string[];
}

for (const name of ['Gemma', 'Gemma 2']) {
  withTemplate(name, ({ prompt, learned, stops, format }) => {
    test('refuses a system role: it opens the first question', () => {
      expect(prompt(system('Be brief.'), user('Hi'))).toMatch(/<start_of_turn>user\nBe brief\.\nHi<end_of_turn>/);
    });
    test('trims questions and answers', () => {
      expect(prompt(user('  Hi\n'))).toMatch(/user\nHi<end_of_turn>\n<start_of_turn>model\n$/);
      expect(learned(user('Hi'), assistant('\n  yes \n'))).toEqual(['yes<end_of_turn>']);
    });
    test('several turns are one sequence', () => {
      expect(learned(user('a'), assistant('b'), user('c'), assistant('d'))).toEqual(['b<end_of_turn>d<end_of_turn>']);
    });
    test('stops at its end of turn and end of sequence', () => {
      expect(stops()).toEqual(['<end_of_turn>', '<eos>']);
    });
    test('refuses two questions in a row, naming the row', () => {
      const { problem } = format([user('a'), user('b'), assistant('c')]);
      expect(problem).toMatchObject({ row: 1, kind: 'template-refuses' });
      expect(problem?.message).toMatch(/^Row 1 cannot be put into this model's chat format\..*alternate/);
    });
  });
}

withTemplate('Gemma 3 270M', ({ prompt, learned }) => {
  test('gets the family template, instructions in the first question', () => {
    expect(prompt(system('Be brief.'), user('Hi'))).toBe(
      '<bos><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n',
    );
    expect(learned(user('Hi'), assistant('yes'))).toEqual(['yes<end_of_turn>']);
  });
});

for (const name of ['Llama 3.1', 'Llama 3.2', 'Llama 3.3']) {
  withTemplate(name, ({ prompt, learned, stops }) => {
    test('prints the same date on every day', () => {
      expect(prompt(user('Hi'))).toContain('Today Date: 26 Jul 2024\n');
    });
    test('trims', () => {
      expect(learned(user('Hi'), assistant('\n    code\n'))).toEqual(['code<|eot_id|>']);
      expect(prompt(user(' Hi '))).toMatch(/user<\|end_header_id\|>\n\nHi<\|eot_id\|>/);
    });
    test('stops at its end of turn first', () => {
      expect(stops()[0]).toBe('<|eot_id|>');
    });
  });
}

withTemplate('Qwen 2.5', ({ prompt, learned }) => {
  test('adds its own system prompt, unless there is one', () => {
    expect(prompt(user('Hi'))).toContain('You are Qwen, created by Alibaba Cloud.');
    expect(prompt(system('Be brief.'), user('Hi'))).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(prompt(system(''), user('Hi'))).not.toContain('Alibaba');
  });
  test('an answer that starts with an empty line melts into the prompt, and is learned from there', () => {
    expect(learned(user('Hi'), assistant('\nyes'))).toEqual(['\n\nyes<|im_end|>']);
  });
});

withTemplate('Qwen 3', ({ prompt, learned, format }) => {
  test('is asked not to think, and learns the answer alone', () => {
    expect(prompt(user('Hi'))).toMatch(/<\|im_start\|>assistant\n<think>\n\n<\/think>\n\n$/);
    expect(learned(user('Hi'), assistant('yes'))).toEqual(['yes<|im_end|>']);
  });
  test('keeps the indentation of an answer', () => {
    expect(learned(user('Hi'), assistant('    if x:\n        y'))).toEqual(['    if x:\n        y<|im_end|>']);
  });
  test('learns thoughts where a row holds them', () => {
    expect(learned(user('Hi'), assistant('<think>\nhm\n</think>\n\nyes'))).toEqual([
      '<think>\nhm\n</think>\n\nyes<|im_end|>',
    ]);
  });
  test('drops thoughts of earlier turns, so each turn is a sequence of its own', () => {
    expect(learned(user('a'), assistant('b'), user('c'), assistant('d'))).toEqual(['b<|im_end|>', 'd<|im_end|>']);
    const { text } = format([user('a'), assistant('b'), user('c'), assistant('d')]);
    expect(text).toContain('<think>\n\n</think>\n\nb<|im_end|><|im_start|>user\na');
    expect(text).toMatch(/assistant\nb<\|im_end\|>\n.*<think>\n\n<\/think>\n\nd<\|im_end\|>$/s);
  });
});

withTemplate('SmolLM2', ({ prompt, stops, learned }) => {
  test('adds its own system prompt', () => {
    expect(prompt(user('Hi'))).toContain('You are a helpful AI assistant named SmolLM');
    expect(prompt(system('Be brief.'), user('Hi'))).not.toContain('SmolLM');
  });
  test('ends turns with its end of sequence, and does not trim', () => {
    expect(stops()[0]).toBe('<|im_end|>');
    expect(learned(user('Hi'), assistant('yes \n'))).toEqual(['yes \n<|im_end|>']);
  });
  test('an indented answer melts into the prompt, and is learned from there', () => {
    expect(learned(user('Hi'), assistant('    yes'))).toEqual(['\n    yes<|im_end|>']);
  });
});
