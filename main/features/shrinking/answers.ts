import path from 'node:path';
import { z } from 'zod';
import { runFolder, type DataLayout } from '../../services/paths.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';

/** One answer to a held-out question. */
const answerSchema = z.object({
  prompt: z.string(),
  expected: z.string(),
  answer: z.string(),
  passed: z.boolean(),
  stopped: z.boolean(),
});
export type MeasuredAnswer = z.infer<typeof answerSchema>;

const fileSchema = z.record(z.string(), z.array(answerSchema));

function fileOf(layout: DataLayout, run: string): string {
  return path.join(runFolder(layout, run), 'answers.json');
}

/** What each version of a run answered when it was measured, by subject, in the order of the held-out questions. */
export function measuredAnswers(layout: DataLayout, run: string): Readonly<Record<string, readonly MeasuredAnswer[]>> {
  return readJson(fileOf(layout, run), fileSchema) ?? {};
}

export function saveMeasuredAnswers(
  layout: DataLayout,
  run: string,
  subject: string,
  answers: readonly MeasuredAnswer[],
): void {
  writeJson(fileOf(layout, run), { ...measuredAnswers(layout, run), [subject]: answers });
}
