import { describe, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { compileTemplate } from './template.ts';

const tokens = { bos: '<s>', eos: '</s>' };
const question: readonly Message[] = [{ role: 'user', content: 'Hi' }];
const open = { addGenerationPrompt: true };
/** Renders the loop that every template needs, and whatever is to be tested. */
const render = (
  extra: string,
  messages = question,
  options: { addGenerationPrompt: boolean; thinking?: boolean } = open,
) =>
  compileTemplate(`${extra}{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}`, tokens).render(
    messages,
    options,
  );

test('gives the template its tokens and whether to open the answer', () => {
  expect(render('{{ bos_token }}{{ eos_token }}{{ add_generation_prompt }}|')).toBe('<s></s>true|user:Hi;');
  expect(render('{{ add_generation_prompt }}|', question, { addGenerationPrompt: false })).toBe('false|user:Hi;');
});

test('thinking is off unless asked for, and then left to the template', () => {
  const extra = '{{ enable_thinking is defined }}{{ enable_thinking }}|';
  expect(render(extra)).toBe('truefalse|user:Hi;');
  expect(render('{{ enable_thinking is defined }}|', question, { ...open, thinking: true })).toBe('false|user:Hi;');
});

test('a date is the same on every day', () => {
  expect(render('{{ strftime_now("%d %b %Y, %A %Y-%m-%d %H:%M %q%%") }}|')).toBe(
    '26 Jul 2024, Friday 2024-07-26 00:00 %q%|user:Hi;',
  );
});

describe('Python in templates', () => {
  test.each([
    [`{{ "\n\n    code\n".lstrip("\n") }}`, '    code\n'],
    [`{{ "xyhixy".strip("yx") }}`, 'hi'],
    [`{{ "line\n \n".rstrip("\n") }}`, 'line\n '],
    [`{{ "  both  ".strip() }}`, 'both'],
    [`{{ "a</think>\n\n  b".split("</think>")[-1].lstrip("\n") }}`, '  b'],
    [`{{ "aaa".strip("a") }}`, ''],
    [`{{ range(3) | join(",") }}{{ range(5, 1, -2) | join(",") }}`, '0,1,25,3'],
  ])('%s', (expression, expected) => {
    expect(render(`${expression}|`)).toBe(`${expected}|user:Hi;`);
  });
});

describe('without a system role', () => {
  const refusing =
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
    '{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}';
  const ignoring =
    "{% for m in messages %}{% if m.role != 'system' %}{{ m.role }}:{{ m.content }};{% endif %}{% endfor %}";
  const messages: readonly Message[] = [{ role: 'system', content: 'Be brief.' }, ...question];

  test.each([refusing, ignoring])('the instructions open the first question', (source) => {
    expect(compileTemplate(source, tokens).render(messages, open)).toBe('user:Be brief.\nHi;');
    expect(compileTemplate(source, tokens).render(question, open)).toBe('user:Hi;');
  });
});

describe('a template that cannot be used is refused in words', () => {
  const refused = (source: string, message: RegExp) => {
    expect(() => compileTemplate(source, tokens)).toThrow(
      expect.objectContaining({ code: 'template-invalid', message: expect.stringMatching(message) }),
    );
  };
  test('not Jinja', () => refused('{% for m in messages %}', /cannot be read/));
  test('not closed', () => refused('{{ messages', /cannot be read/));
  test('empty', () => refused('', /leaves out/));
  test('without the messages', () => refused('Hello {{ bos_token }}', /leaves out/));
  test('without the answer', () =>
    refused("{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}", /leaves out/));
  test('that fails', () => refused("{{ raise_exception('Not today') }}", /refuses this conversation: Not today/));
});

test("a refusal of one conversation carries the template's own words", () => {
  const template = compileTemplate(
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}" +
      "{{ raise_exception('Roles must alternate!') }}{% endif %}{{ m.content }}{% endfor %}",
    tokens,
  );
  expect(() => template.render([...question, ...question], open)).toThrow(/Roles must alternate!$/);
});
