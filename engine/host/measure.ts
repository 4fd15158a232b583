import type { Measurement } from '#common/contract/engine.ts';
import { formatExample } from '../chat/format.ts';
import { openChatFormat } from '../chat/open.ts';
import { readExamples } from './dataset.ts';

const listedProblems = 100;

export interface MeasureInput {
  readonly basePath: string;
  readonly datasetPath: string;
  readonly chatTemplate?: string | undefined;
  readonly maxTokens: number;
}

/** Lengths and problems of a whole data set, by the function that training uses. */
export async function measure(input: MeasureInput, signal: AbortSignal): Promise<Measurement> {
  using format = openChatFormat(input.basePath, input.chatTemplate);
  const lengths: number[] = [];
  const problems: Measurement['problems'] = [];
  let problemCount = 0;
  let learnedTokens = 0;
  let cut = 0;
  for await (const { row, example } of readExamples(input.datasetPath, signal)) {
    const { tokens, problem } = formatExample(format, example, { index: row - 1, maxTokens: input.maxTokens });
    lengths.push(tokens.length);
    if (tokens.some(({ role }) => role === 'cut')) cut += 1;
    for (const { role } of tokens) if (role === 'learned') learnedTokens += 1;
    if (problem === null) continue;
    problemCount += 1;
    if (problems.length < listedProblems) problems.push({ row, message: problem.message, advice: problem.advice });
  }
  lengths.sort((a, b) => a - b);
  return {
    examples: lengths.length,
    longest: lengths.at(-1) ?? 0,
    p99: lengths[Math.max(0, Math.ceil(lengths.length * 0.99) - 1)] ?? 0,
    learnedTokens,
    cut,
    problems,
    problemCount,
  };
}
