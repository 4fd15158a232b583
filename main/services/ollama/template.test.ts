import { describe, expect, test } from 'vitest';
import { Template } from '@huggingface/jinja';
import type { Message } from '#common/domain/example.ts';
import { isMarkedTemplate, markTemplate, ollamaTemplate, withoutOpener, type RenderPrompt } from './template.ts';

/** That the Go text writes what these Jinja texts write is shown against a real server in tests/ollama. */
function jinja(text: string, bos = '<s>'): RenderPrompt {
  const template = new Template(text);
  return (messages) =>
    Promise.resolve(
      template.render({ messages: [...messages], add_generation_prompt: true, bos_token: bos, eos_token: '</s>' }),
    );
}

const chatml =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

describe('ollamaTemplate', () => {
  test('reads ChatML off its rendering', async () => {
    expect(await ollamaTemplate(jinja(chatml))).toBe(
      '{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n<|im_start|>user\n{{ else }}<|im_start|>user\n{{ end }}' +
        '{{ $last := "" }}{{ range .Messages }}{{ if eq .Role "user" }}{{ if eq $last "assistant" }}<|im_end|>\n<|im_start|>user\n{{ end }}' +
        '{{ .Content }}{{ $last = .Role }}{{ else if eq .Role "assistant" }}<|im_end|>\n<|im_start|>assistant\n{{ .Content }}{{ $last = .Role }}' +
        '{{ end }}{{ end }}{{ if ne $last "assistant" }}<|im_end|>\n<|im_start|>assistant\n{{ end }}',
    );
  });

  test('keeps a default system prompt for conversations without one', async () => {
    const preset =
      "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nBe kind.<|im_end|>\\n' }}{% endif %}";
    const template = await ollamaTemplate(jinja(preset + chatml));
    expect(template).toContain('{{ else }}<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n{{ end }}');
    expect(template).toContain('{{ if .System }}<|im_start|>system\n{{ .System }}');
  });

  test('never writes the token that opens the sequence', async () => {
    const template = await ollamaTemplate(jinja('{{ bos_token }}' + chatml, '<|begin_of_text|>'));
    expect(template).toBe(await ollamaTemplate(jinja(chatml)));
  });

  test('puts instructions into the first question where the template takes none', async () => {
    const refusing =
      "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}";
    const template = await ollamaTemplate(jinja(refusing + chatml));
    expect(template).toContain('{{ if .System }}<|im_start|>user\n{{ .System }}\n\n{{ else }}');
  });

  test('trims where the template trims', async () => {
    const trimming = chatml.replace("m['content']", "m['content'] | trim");
    expect(await ollamaTemplate(jinja(trimming))).toContain('range $i := len $t');
    expect(await ollamaTemplate(jinja(chatml))).not.toContain('range $i := len $t');
  });

  test('protects braces in the template itself', async () => {
    const braces = chatml.replace("'<|im_start|>'", "'{{<|im_start|>'");
    expect(await ollamaTemplate(jinja(braces))).toContain('{{ "{{" }}<|im_start|>user');
  });

  test.each([
    ['numbers its turns', "{% for m in messages %}{{ loop.index ~ ': ' ~ m['content'] ~ '\\n' }}{% endfor %}"],
    ['drops earlier turns', "{{ 'Q: ' + messages[-1]['content'] }}"],
    ['says a question twice', "{% for m in messages %}{{ m['content'] + m['content'] }}{% endfor %}"],
    ['changes the letters', "{% for m in messages %}{{ m['content'] | upper }}{% endfor %}"],
    ['refuses everything', "{{ raise_exception('no') }}"],
  ])('gives none where the template %s', async (_what, text) => {
    expect(await ollamaTemplate(jinja(text))).toBeUndefined();
  });

  test('gives none where long conversations are written differently', async () => {
    const forgetful = chatml.replace(
      '{% for m in messages %}',
      '{% for m in (messages if messages | length < 5 else messages[2:]) %}',
    );
    const render: RenderPrompt = (messages: readonly Message[]) => jinja(forgetful)(messages);
    expect(await render([{ role: 'user', content: 'x' }])).toContain('x');
    expect(await ollamaTemplate(render)).toBeUndefined();
  });
});

test('knows its own templates', () => {
  expect(isMarkedTemplate(markTemplate('{{ .Content }}'))).toBe(true);
  expect(markTemplate(markTemplate('x'))).toBe(markTemplate('x'));
  expect(isMarkedTemplate('{{ .Content }}')).toBe(false);
});

test('drops only an opener at the start', () => {
  expect(withoutOpener('<bos>text <bos>')).toBe('text <bos>');
  expect(withoutOpener('text')).toBe('text');
});
