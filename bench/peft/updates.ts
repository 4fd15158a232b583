/** The tokens that both sides train on: the sample Brook in the model's own tokens. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Example } from '#common/domain/example.ts';
import { encodeText } from '#engine/chat/chat-format.ts';
import { encodeExample } from '#engine/chat/format.ts';
import { openChatFormat } from '#engine/chat/open.ts';
import { importFiles } from '#main/services/importing/import-files.ts';

/** As in JSON. `learned[i] === 1`: id i is a target; the last id is only that. */
export interface PlainSequence {
  readonly ids: readonly number[];
  readonly learned: readonly number[];
}

/** What each AdamW update trains on. */
export type Updates = readonly (readonly PlainSequence[])[];

const sample = path.resolve(import.meta.dirname, '../../resources/samples/brook/train.txt');
const shortRow = { least: 60, most: 90 };
const rowsPerUpdate = 8;

/** Running text, `tokens` of it in one sequence for each update, the second half learned. */
export function textUpdates(modelPath: string, tokens: number): Updates {
  using format = openChatFormat(modelPath);
  const ids = [...encodeText(format.tokenizer, fs.readFileSync(sample, 'utf8'))];
  const updates = [];
  for (let at = 0; at + tokens < ids.length; at += tokens) {
    const stretch = ids.slice(at, at + tokens + 1);
    updates.push([{ ids: stretch, learned: stretch.map((_, i) => (i > tokens / 2 ? 1 : 0)) }]);
  }
  return updates;
}

/** Conversations of 60 to 90 tokens as training has them, 8 for each update, their answers learned. */
export async function rowUpdates(modelPath: string): Promise<Updates> {
  using format = openChatFormat(modelPath);
  const rows = (await examples())
    .flatMap((example, index) => encodeExample(format, example, { index, maxTokens: 512 }))
    .filter(({ ids }) => ids.length >= shortRow.least && ids.length <= shortRow.most)
    .map(({ ids, learned }) => ({ ids: [...ids], learned: [...learned] }));
  return Array.from({ length: Math.floor(rows.length / rowsPerUpdate) }, (_, i) =>
    rows.slice(i * rowsPerUpdate, (i + 1) * rowsPerUpdate),
  );
}

async function examples(): Promise<readonly Example[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tunesmith-bench-'));
  try {
    const outPath = path.join(folder, 'rows.jsonl');
    await importFiles([sample], { outPath, examine: false });
    const lines = fs.readFileSync(outPath, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Example);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
