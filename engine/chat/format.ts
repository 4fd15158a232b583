/**
 * The one way from an example to tokens, used by the preview and by the trainer: what is shown is what is learned.
 *
 * One sample per assistant turn k. P is the conversation before it with the opening of the answer, Q the
 * conversation with it. The learned text is what Q adds to P, up to and including the first end-of-turn token; where
 * Q does not continue P (templates that rewrite), it is the message's own text and an end-of-turn token. P and
 * P + answer are tokenized whole, never the answer alone (SentencePiece would add a space), and learning starts where
 * their tokens part. Turn k is never taken from the rendering of the whole conversation: templates change earlier
 * turns there (Qwen 3 drops their thoughts).
 */
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example, Message } from '#common/domain/example.ts';
import type { ChatFormat } from './chat-format.ts';
import { encodeText } from './chat-format.ts';
import { controlTextAdvice, controlTextsIn, describeControlTexts } from './control-text.ts';
import type { EncodedSequence, PreviewToken } from './encoded.ts';
import { tokenTexts } from './token-texts.ts';

export interface FormatOptions {
  /** 0-based position of the example in the data set. */
  readonly index: number;
  /** Longer sequences are cut to this many tokens. */
  readonly maxTokens: number;
}

/** Why a row cannot be learned as it is. */
export interface RowProblem {
  /** 1-based position in the data set. */
  readonly row: number;
  readonly kind: 'control-text' | 'template-refuses' | 'nothing-to-learn' | 'answer-cut-away';
  /** Names the row and says what and why. */
  readonly message: string;
  readonly advice: string;
}

export interface FormattedExample {
  /** What is trained on, cut to the limit; empty where there is a problem. */
  readonly sequences: readonly EncodedSequence[];
  /**
   * Every token of every sequence in order, those beyond the limit with the role `cut`. Their texts joined are
   * the text the model reads (with a sequence's own repetition of the conversation where there are several).
   */
  readonly tokens: readonly PreviewToken[];
  /** The joined texts. */
  readonly text: string;
  readonly problem: RowProblem | null;
}

/** Sequences to train on. Throws `data-unusable` naming the row where it cannot be learned. */
export function encodeExample(
  format: ChatFormat,
  example: Example,
  options: FormatOptions,
): readonly EncodedSequence[] {
  const { samples, problem } = examine(format, example, options);
  if (problem !== null) throw new TunesmithError('data-unusable', problem.message, { advice: problem.advice });
  return samples.map((sample) => cutSample(sample, options));
}

/** Never throws for a row that cannot be learned: says why in `problem`, and shows what there is to show. */
export function formatExample(format: ChatFormat, example: Example, options: FormatOptions): FormattedExample {
  const { samples, problem } = examine(format, example, options);
  const tokens = samples.flatMap((sample) => previewTokens(format, sample, options.maxTokens));
  return {
    sequences: problem === null ? samples.map((sample) => cutSample(sample, options)) : [],
    tokens,
    text: tokens.map((token) => token.text).join(''),
    problem,
  };
}

interface Examined {
  readonly samples: readonly Sample[];
  readonly problem: RowProblem | null;
}

function examine(format: ChatFormat, example: Example, { index, maxTokens }: FormatOptions): Examined {
  const refuse = (
    kind: RowProblem['kind'],
    what: string,
    advice: string,
    samples: readonly Sample[] = [],
  ): Examined => ({
    samples,
    problem: { row: index + 1, kind, message: `${rowName(example, index)} ${what}.`, advice },
  });

  const control = controlTextsIn(format.tokenizer, example.messages);
  if (control.length > 0) return refuse('control-text', `contains ${describeControlTexts(control)}`, controlTextAdvice);

  let samples: readonly Sample[];
  try {
    samples = mergeSamples(encodeTurns(format, example.messages));
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== 'template-invalid') throw error;
    const what = `cannot be put into this model's chat format. ${error.message}`.replace(/\.$/, '');
    return refuse('template-refuses', what, 'Questions and answers must take turns, the question first.');
  }
  if (samples.length === 0) {
    const what = 'has no answer, so there is nothing to learn from it';
    return refuse('nothing-to-learn', what, 'Give it an answer or remove it.');
  }
  const cutAway = samples.flatMap((sample) => sample.answers).find((start) => start >= maxTokens);
  if (cutAway !== undefined) {
    const what =
      `is too long: its answer would start at token ${cutAway + 1}, and only ${maxTokens} tokens are read, ` +
      'so nothing of the answer is left to learn';
    const advice = 'Raise the longest length (--max-tokens), shorten the row or remove it.';
    return refuse('answer-cut-away', what, advice, samples);
  }
  return { samples, problem: null };
}

function cutSample({ ids, learned }: Sample, { index, maxTokens }: FormatOptions): EncodedSequence {
  return { example: index, ids: ids.slice(0, maxTokens), learned: learned.slice(0, maxTokens) };
}

/** `Row 12 (line 40 of data.jsonl)`. */
export function rowName(example: Example, index: number): string {
  const { source } = example;
  if (source === undefined) return `Row ${index + 1}`;
  const place =
    source.line === undefined ? (source.row === undefined ? '' : `row ${source.row} of `) : `line ${source.line} of `;
  return `Row ${index + 1} (${place}${source.file})`;
}

interface Sample {
  readonly ids: Int32Array;
  readonly learned: Uint8Array;
  /** First learned position of each answer in it. */
  readonly answers: readonly number[];
}

function encodeTurns(format: ChatFormat, messages: readonly Message[]): readonly Sample[] {
  return messages.flatMap((message, k) => {
    if (message.role !== 'assistant') return [];
    const { prompt, answer } = splitTurn(format, messages.slice(0, k), message);
    const read = encodeText(format.tokenizer, prompt);
    const ids = encodeText(format.tokenizer, prompt + answer);
    const start = Math.max(1, commonPrefix(read, ids));
    return [{ ids, learned: new Uint8Array(ids.length).fill(1, start), answers: [start] }];
  });
}

/** P and the learned text of one assistant turn. */
function splitTurn(format: ChatFormat, before: readonly Message[], turn: Message): { prompt: string; answer: string } {
  const { template, endOfTurn, afterAnswer } = format;
  // A row that holds thoughts teaches to think; all others are asked and answered without.
  const thinking = turn.content.includes('</think>');
  const prompt = template.render(before, { addGenerationPrompt: true, thinking });
  const whole = template.render([...before, turn], { addGenerationPrompt: false, thinking });
  if (!whole.startsWith(prompt)) return { prompt, answer: turn.content + endOfTurn.text };
  const added = whole.slice(prompt.length);
  const end = added.indexOf(endOfTurn.text);
  if (end >= 0) return { prompt, answer: added.slice(0, end + endOfTurn.text.length) };
  const bare = added.endsWith(afterAnswer) ? added.slice(0, added.length - afterAnswer.length) : added;
  return { prompt, answer: bare + endOfTurn.text };
}

/** Joins a turn's sample to the one before where it only continues its tokens. */
function mergeSamples(samples: readonly Sample[]): readonly Sample[] {
  const merged: Sample[] = [];
  for (const sample of samples) {
    const last = merged.at(-1);
    if (last !== undefined && commonPrefix(last.ids, sample.ids) === last.ids.length) {
      const learned = sample.learned.slice();
      learned.set(last.learned);
      merged[merged.length - 1] = { ids: sample.ids, learned, answers: [...last.answers, ...sample.answers] };
    } else {
      merged.push(sample);
    }
  }
  return merged;
}

function previewTokens(format: ChatFormat, sample: Sample, maxTokens: number): readonly PreviewToken[] {
  const texts = tokenTexts(format.tokenizer, sample.ids);
  return Array.from(sample.ids, (id, i) => ({
    id,
    text: texts[i] ?? '',
    role: i >= maxTokens ? 'cut' : sample.learned[i] === 1 ? 'learned' : 'read',
  }));
}

function commonPrefix(a: Int32Array, b: Int32Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}
