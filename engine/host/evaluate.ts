/** Loss and accuracy of a base, with or without an adapter, on examples; and its answers put to a check. */
import type { z } from 'zod';
import type { engineContract } from '#common/contract/engine.ts';
import type { EncodedSequence } from '../chat/encoded.ts';
import { openChatFormat } from '../chat/open.ts';
import { openGenerator } from '../generate/llama-generator.ts';
import { logProbability } from '../generate/sampling.ts';
import { defaultThreads } from '../model/open-session.ts';
import { LlamaContext } from '../native/llama-context.ts';
import { LlamaAdapter, LlamaModel } from '../native/llama-model.ts';
import type { AnswerPrompt } from '../train/job.ts';
import { runCheck } from './check.ts';
import { encodeDataset } from './dataset.ts';

export type EvaluateInput = z.output<typeof engineContract.evaluate.input>;
export type EvaluateEvent = z.input<typeof engineContract.evaluate.event>;

const batchTokens = 512;

/** Computed by libllama, as every program will that runs the finished file; so quantized files are measured too. */
export async function* evaluate(input: EvaluateInput, signal: AbortSignal): AsyncGenerator<EvaluateEvent> {
  using format = openChatFormat(input.basePath, input.chatTemplate);
  const options = { maxTokens: input.maxTokens, prompts: input.answers };
  const { sequences, prompts } = await encodeDataset(format, input.datasetPath, options, signal);
  const sums = yield* scoreAll(input, sequences, signal);
  const answers = input.answers ? yield* answerAll(input, prompts, signal) : {};
  yield {
    type: 'report',
    report: {
      examples: new Set(sequences.map((sequence) => sequence.example)).size,
      learnedTokens: sums.learned,
      loss: sums.lossSum / sums.learned,
      tokenAccuracy: sums.correct / sums.learned,
      ...answers,
    },
  };
}

interface Sums {
  lossSum: number;
  correct: number;
  learned: number;
}

async function* scoreAll(
  input: EvaluateInput,
  sequences: readonly EncodedSequence[],
  signal: AbortSignal,
): AsyncGenerator<EvaluateEvent, Sums> {
  const longest = sequences.reduce((length, { ids }) => Math.max(length, ids.length), 0);
  const total = sequences.reduce((sum, { ids }) => sum + ids.length, 0);
  using model = new LlamaModel(input.basePath);
  // Disposed before the model, after the context.
  using adapter = input.adapterPath === undefined ? null : new LlamaAdapter(model, input.adapterPath);
  using context = new LlamaContext(model, {
    sequenceTokens: Math.ceil(longest / 256) * 256,
    sequences: 1,
    batchTokens,
    threads: threadsOf(input),
  });
  if (adapter !== null) context.setAdapter(adapter);
  const sums: Sums = { lossSum: 0, correct: 0, learned: 0 };
  let completed = 0;
  for (const sequence of sequences) {
    await scoreSequence(context, sequence, sums, signal);
    completed += sequence.ids.length;
    yield { type: 'progress', stage: 'read', completed, total };
  }
  return sums;
}

async function scoreSequence(
  context: LlamaContext,
  { ids, learned }: EncodedSequence,
  sums: Sums,
  signal: AbortSignal,
): Promise<void> {
  context.clear();
  for (let from = 0; from < ids.length; from += batchTokens) {
    const to = Math.min(ids.length, from + batchTokens);
    context.batch.clear();
    const scored: { readonly index: number; readonly target: number }[] = [];
    for (let at = from; at < to; at += 1) {
      const isScored = learned[at + 1] === 1;
      const index = context.batch.add(ids[at] ?? 0, at, 0, isScored);
      if (isScored) scored.push({ index, target: ids[at + 1] ?? 0 });
    }
    await context.decode(signal);
    for (const { index, target } of scored) {
      const logits = context.logits(index);
      sums.lossSum -= logProbability(logits, target);
      sums.learned += 1;
      if (isHighest(logits, target)) sums.correct += 1;
    }
  }
}

function isHighest(logits: Float32Array, id: number): boolean {
  const own = logits[id] ?? -Infinity;
  for (const logit of logits) if (logit > own) return false;
  return true;
}

async function* answerAll(
  input: EvaluateInput,
  prompts: readonly AnswerPrompt[],
  signal: AbortSignal,
): AsyncGenerator<EvaluateEvent, { passed: number; of: number; stopped: number }> {
  using generator = openGenerator({ modelPath: input.basePath, threads: threadsOf(input) });
  generator.useAdapter(input.adapterPath ?? null);
  const options = { maxTokens: input.maxAnswerTokens, temperature: 0, signal };
  const answers: { text: string; stopped: boolean }[] = [];
  let completed = 0;
  for await (const answer of generator.generate(
    prompts.map(({ ids }) => ids),
    options,
  )) {
    answers[answer.index] = answer;
    completed += 1;
    yield { type: 'progress', stage: 'answer', completed, total: prompts.length };
  }
  const items = prompts.map(({ prompt, expected }, index) => ({
    prompt,
    expected,
    answer: answers[index]?.text ?? '',
  }));
  const verdicts = await runCheck(input.check, items, signal);
  let passed = 0;
  let stopped = 0;
  for (const [index, item] of items.entries()) {
    const verdict = { passed: verdicts[index]?.passed ?? false, stopped: answers[index]?.stopped ?? false };
    passed += Number(verdict.passed);
    stopped += Number(verdict.stopped);
    yield { type: 'answer', row: index + 1, ...item, ...verdict };
  }
  return { passed, of: items.length, stopped };
}

function threadsOf({ threads }: EvaluateInput): number {
  return threads === 'auto' ? defaultThreads() : threads;
}
