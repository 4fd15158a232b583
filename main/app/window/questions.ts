import { existsSync } from 'node:fs';
import path from 'node:path';
import { heldOutFile } from '../../features/training/begin.ts';
import { readPrompts, type Prompt } from '../../services/prompts/read-prompts.ts';
import type { Store } from '../../store/store.ts';

/** Questions of a run: held-out ones, which it did not practise; where none were held out, and `practised`, the others. */
export async function questionsOf(
  store: Store,
  run: string,
  limit: number,
  practised = true,
): Promise<readonly Prompt[]> {
  const heldOut = heldOutFile(store, run);
  const file = existsSync(heldOut) ? heldOut : path.join(path.dirname(heldOut), 'train.jsonl');
  if (file !== heldOut && !practised) return [];
  const questions: Prompt[] = [];
  if (!existsSync(file)) return questions;
  for await (const prompt of readPrompts(file)) {
    questions.push(prompt);
    if (questions.length >= limit) break;
  }
  return questions;
}
