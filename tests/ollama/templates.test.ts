import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '#common/domain/example.ts';
import { renderPrompt } from '#engine/chat/prompt.ts';
import { ollamaClient } from '#main/services/ollama/client.ts';
import { installModel } from '#main/services/ollama/install.ts';
import { renderInOllama } from '#main/services/ollama/questions.ts';
import { ollamaTemplate, withoutOpener } from '#main/services/ollama/template.ts';
import { chatCases, missingPart, openCase } from '../support/chat-cases.ts';
import { describeReal, scratchOllama, type ScratchOllama } from '../support/ollama-suite.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });

const conversations: readonly (readonly Message[])[] = [
  [user('What is 2 + 2?')],
  [user('Two lines:\n\n  if (a < b) {{ print("x") }}\n')],
  [user('   space around   '), assistant('\n\tanswer \n'), user('日本語 “quotes” \\n ')],
  [system('Be brief.'), user('One?')],
  [
    system('  Be brief.\nVery.  '),
    user('One?'),
    assistant('First.'),
    user('Two?'),
    assistant('Second.'),
    user('Three?'),
  ],
  [user('One?'), assistant('First.'), user('Two?'), assistant('Second.'), user('Three?')],
  [user(' ')],
  [user('A'.repeat(3000))],
];

describeReal('templates in a real Ollama', () => {
  let ollama: ScratchOllama;
  beforeAll(async () => {
    ollama = await scratchOllama();
  });
  afterAll(() => ollama[Symbol.asyncDispose]());

  for (const chatCase of chatCases) {
    const missing = missingPart(chatCase);
    if (missing !== null) {
      test.skip(`${chatCase.name} [not run: ${missing}]`, () => {});
      continue;
    }
    test(`${chatCase.name}: Ollama writes the app's text`, async () => {
      using format = openCase(chatCase);
      const render = (messages: readonly Message[]) => Promise.resolve(renderPrompt(format, messages).text);
      const template = await ollamaTemplate(render);
      expect(template).toBeDefined();
      // Ollama must use the template it is given although the file's own knows more (tools, thinking).
      const ggufPath = join(ollama.folder, 'model.gguf');
      await writeTinyModel(ggufPath, { architecture: 'llama', chatTemplate: format.template.source });
      const { name } = await installModel({
        server: ollama.server,
        ggufPath,
        name: 'templated',
        template,
        stops: [],
        overwrite: true,
      });
      const client = ollamaClient(ollama.server);
      for (const messages of conversations) {
        const ours = await render(messages);
        expect(await renderInOllama(client, name, messages)).toBe(withoutOpener(ours));
      }
    });
  }
});
