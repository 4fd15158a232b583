import koffi from 'koffi';
import { describe, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { loadLlama } from '../native/library.ts';
import { families, familyFor, type FamilyName } from './families.ts';
import { compileTemplate } from './template.ts';

const conversation: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is rain?' },
  { role: 'assistant', content: 'Water, falling.\n\n    From clouds.' },
  { role: 'user', content: 'And snow?\t#2' },
];
const tokens = { bos: '<s>', eos: '</s>' };

/** llama.cpp's own templates in C++: no Jinja, another hand's work. */
function llamaCppRendering(name: string, messages: readonly Message[], open: boolean): string {
  koffi.struct(`test_chat_message_${name}`, { role: 'str', content: 'str' });
  const apply = loadLlama().func('llama_chat_apply_template', 'int32', [
    'str',
    koffi.pointer(`test_chat_message_${name}`),
    'size_t',
    'bool',
    'void*',
    'int32',
  ]) as unknown as (tmpl: string, chat: unknown, n: number, open: boolean, out: Buffer, max: number) => number;
  const out = Buffer.alloc(4096);
  const length = apply(name, messages, messages.length, open, out, out.length);
  return out.toString('utf8', 0, length);
}

describe.each<[FamilyName, string]>([
  ['gemma', '<s>'],
  ['llama3', '<s>'],
  ['chatml', ''],
])('the %s family', (name, bos) => {
  test('writes what llama.cpp writes', () => {
    const template = compileTemplate(families[name].template, tokens);
    const render = (open: boolean) => template.render(conversation, { addGenerationPrompt: open });
    const expected = llamaCppRendering(name, conversation, true);
    expect(render(true)).toBe(bos + expected);
    expect(expected.startsWith(render(false).slice(bos.length))).toBe(true);
    expect(render(false)).not.toBe(render(true));
  });

  test('says which tokens it needs, and its end of turn is one of them', () => {
    const text = compileTemplate(families[name].template, tokens).render(conversation, { addGenerationPrompt: true });
    for (const mark of families[name].needs) expect(text).toContain(mark);
    expect(families[name].needs).toContain(families[name].endOfTurn);
  });
});

test('the plain family ends each answer with the end-of-sequence token', () => {
  const template = compileTemplate(families.plain.template, tokens);
  const text = template.render(conversation, { addGenerationPrompt: true });
  expect(text).toBe(
    'Be brief.\n\n### Question:\nWhat is rain?\n\n### Answer:\nWater, falling.\n\n    From clouds.</s>\n\n' +
      '### Question:\nAnd snow?\t#2\n\n### Answer:\n',
  );
});

test('a model gets the family whose marks it knows', () => {
  const knows = (...names: FamilyName[]) => {
    const marks = names.flatMap((name) => families[name].needs);
    return (text: string) => marks.includes(text);
  };
  expect(familyFor('gemma3', knows('gemma')).name).toBe('gemma');
  expect(familyFor('qwen3', knows('chatml')).name).toBe('chatml');
  expect(familyFor('llama', knows('llama3')).name).toBe('llama3');
  expect(familyFor('llama', knows('chatml')).name).toBe('chatml');
  expect(familyFor('gemma', knows('chatml', 'gemma')).name).toBe('gemma');
  expect(familyFor('llama', knows()).name).toBe('plain');
});
