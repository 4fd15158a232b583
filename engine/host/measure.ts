import type { Measurement } from '#common/contract/engine.ts';
import { formatExample } from '../chat/format.ts';
import { openChatFormat } from '../chat/open.ts';
import { readExamples } from './dataset.ts';

const listedProblems = 100;
const listedCuts = 1000;
const bars = 24;

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
  const cutRows: number[] = [];
  let cut = 0;
  for await (const { row, example } of readExamples(input.datasetPath, signal)) {
    const { tokens, problem } = formatExample(format, example, { index: row - 1, maxTokens: input.maxTokens });
    lengths.push(tokens.length);
    if (tokens.some(({ role }) => role === 'cut')) {
      cut += 1;
      if (cutRows.length < listedCuts) cutRows.push(row);
    }
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
    median: lengths[Math.floor((lengths.length - 1) / 2)] ?? 0,
    histogram: histogramOf(lengths),
    learnedTokens,
    cut,
    cutRows,
    problems,
    problemCount,
  };
}

/** At most 24 bars of one round width, for nearly all examples; the last one holds all that are longer. */
function histogramOf(ascending: readonly number[]): Measurement['histogram'] {
  const longest = ascending.at(-1) ?? 0;
  const nearlyAll = ascending[Math.max(0, Math.ceil(ascending.length * 0.99) - 1)] ?? 0;
  const width = roundUp(Math.max(1, Math.min(longest, nearlyAll * 1.2) / bars));
  const counts = Array.from<number>({ length: Math.min(bars, Math.max(1, Math.ceil(longest / width))) }).fill(0);
  for (const length of ascending) counts[Math.max(0, Math.min(counts.length, Math.ceil(length / width)) - 1)]! += 1;
  return { width, counts };
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value - 1e-9) ?? 10;
  return Math.max(1, step * power);
}
