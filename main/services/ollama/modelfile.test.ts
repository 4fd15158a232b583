import { expect, test } from 'vitest';
import { modelfile } from './modelfile.ts';

test('writes everything that installing sends', () => {
  const text = modelfile({
    ggufName: 'model-Q8_0.gguf',
    template: '{{ range .Messages }}{{ if eq .Role "user" }}<u>\n{{ .Content }}{{ end }}{{ end }}',
    stops: ['<end_of_turn>', '<eos>'],
    system: 'Answer briefly.',
    license: 'MIT\nCopyright somebody',
  });
  expect(text).toBe(`# Made by Tunesmith. In this folder run: ollama create my-model -f Modelfile
FROM ./model-Q8_0.gguf
TEMPLATE """{{/* made by Tunesmith */}}{{ range .Messages }}{{ if eq .Role "user" }}<u>
{{ .Content }}{{ end }}{{ end }}"""
PARSER passthrough
SYSTEM "Answer briefly."
PARAMETER temperature 0.2
PARAMETER repeat_penalty 1.1
PARAMETER stop "<end_of_turn>"
PARAMETER stop "<eos>"
LICENSE """MIT
Copyright somebody"""
`);
});

test('leaves out what is not given, and takes other parameters', () => {
  expect(modelfile({ ggufName: 'my model.gguf', stops: [], parameters: { temperature: 0.7, num_ctx: 4096 } })).toBe(
    `# Made by Tunesmith. In this folder run: ollama create my-model -f Modelfile
FROM "./my model.gguf"
PARAMETER temperature 0.7
PARAMETER repeat_penalty 1.1
PARAMETER num_ctx 4096
`,
  );
});

test.each([
  ['ends with a "quote"', '"""ends with a "quote""""'],
  ['"""a docstring"""\nmore', '""""""a docstring""" \nmore"""'],
])('keeps quotes: %j', (system, written) => {
  expect(modelfile({ ggufName: 'a.gguf', stops: [], system })).toContain(`SYSTEM ${written}\n`);
});
