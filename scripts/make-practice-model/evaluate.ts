/**
 * Asks a model the questions of held-out.ts, greedily and through its own template, and prints what it answered.
 *
 *   node scripts/make-practice-model/evaluate.ts [FILE]
 */
import path from 'node:path';
import { openChatFormat } from '#engine/chat/open.ts';
import { encodeText } from '#engine/chat/chat-format.ts';
import { openGenerator } from '#engine/generate/llama-generator.ts';
import { evaluation } from './held-out.ts';

export interface EvaluatedQuestion {
  readonly group: string;
  readonly question: string;
  readonly answer: string;
  readonly right: boolean;
  /** The model ended its answer itself. */
  readonly stops: boolean;
}

export async function evaluateModel(modelPath: string): Promise<readonly EvaluatedQuestion[]> {
  const asked = Object.entries(evaluation).flatMap(([group, questions]) =>
    questions.map(({ question, right }) => ({ group, question, right })),
  );
  using format = openChatFormat(modelPath);
  using generator = openGenerator({ modelPath, threads: 1, contextTokens: 256 });
  const prompts = asked.map(({ question }) => [
    ...encodeText(
      format.tokenizer,
      format.template.render([{ role: 'user', content: question }], { addGenerationPrompt: true }),
    ),
  ]);
  const results: EvaluatedQuestion[] = [];
  for await (const { index, text, stopped } of generator.generate(prompts, { maxTokens: 80, temperature: 0 })) {
    const { group, question, right } = asked[index]!;
    results[index] = { group, question, answer: text, right: stopped && right.test(text), stops: stopped };
  }
  return results;
}

export function printTable(results: readonly EvaluatedQuestion[]): void {
  for (const { group, question, answer, right, stops } of results) {
    console.log(`${right ? 'right' : 'WRONG'}${stops ? '' : ' (does not stop)'}  ${group}: ${question}  ->  ${answer}`);
  }
  console.log('\n| questions about | right | stops by itself |\n| --- | --- | --- |');
  const row = (name: string, of: readonly EvaluatedQuestion[]): void =>
    console.log(
      `| ${name} | ${of.filter(({ right }) => right).length} of ${of.length} | ${of.filter(({ stops }) => stops).length} of ${of.length} |`,
    );
  for (const group of Object.keys(evaluation)) {
    row(
      group,
      results.filter((result) => result.group === group),
    );
  }
  row('all', results);
}

if (process.argv[1] === import.meta.filename) {
  const file = process.argv[2] ?? path.resolve(import.meta.dirname, '../../resources/models/practice.gguf');
  printTable(await evaluateModel(file));
}
