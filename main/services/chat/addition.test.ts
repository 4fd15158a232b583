import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { additionsVariable, linuxCuda } from '#common/platform/additions.ts';
import { openChat } from './chat.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const [pin] = linuxCuda;
const real = path.join(root, 'node_modules', pin!.packageName, pin!.entry.replace(/^package\//, ''));

test.skipIf(!existsSync(real))(
  'the chat answers beside an added CUDA library that cannot be loaded here (package not installed: skipped)',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tunesmith-chat-added-'));
    const before = process.env[additionsVariable];
    process.env[additionsVariable] = folder;
    onTestFinished(() => {
      if (before === undefined) delete process.env[additionsVariable];
      else process.env[additionsVariable] = before;
      rmSync(folder, { recursive: true });
    });
    symlinkSync(real, path.join(folder, pin!.fileName));
    await using chat = openChat();
    const model = { modelPath: path.join(root, 'resources/models/practice.gguf'), threads: 1, contextTokens: 64 };
    await chat.client.load(model);
    let end: unknown;
    for await (const event of chat.client.complete({ ...model, prompt: [1, 2, 3], maxTokens: 4, temperature: 0 }))
      end = event;
    expect(end).toMatchObject({ type: 'end' });
    expect(readdirSync(folder)).toEqual([pin!.fileName]);
  },
  60_000,
);
