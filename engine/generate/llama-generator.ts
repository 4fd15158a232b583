/** Answers from a GGUF model through libllama, several prompts at once. */
import { TunesmithError } from '#common/domain/errors.ts';
import type { Tokenizer } from '../chat/tokenizer.ts';
import { LlamaContext } from '../native/llama-context.ts';
import { LlamaAdapter, LlamaModel } from '../native/llama-model.ts';
import { tokenizerOf } from '../native/vocabulary.ts';
import type { AnswerGenerator, GeneratedAnswer, GenerateOptions } from './generator.ts';
import { createThreadPace, type ThreadPace } from './thread-pace.ts';
import { chooseToken, samplingDefaults, seededRandom } from './sampling.ts';

export interface OpenGeneratorOptions {
  readonly modelPath: string;
  /** Most threads; fewer are used while other programs keep them from running. */
  readonly threads: number;
  /** Most tokens of a prompt and its answer together; absent: what the model was made for. */
  readonly contextTokens?: number;
  /** Most prompts answered at once. */
  readonly parallel?: number;
}

/**
 * Measured, tokens written in one second of one core with 1, 4, 8 and 16 answers at once: Gemma 3 270M (Q4_K_M) 43, 61,
 * 90, 111; SmolLM2-135M (Q4_1) 71, 103, 90, 145.
 */
const defaultParallel = 16;
/** Large models answer fewer at once. */
const maxCacheBytes = 256 * 2 ** 20;
const batchTokens = 512;

/**
 * Opens a model to generate with. Equal prompts with equal options give equal answers; an answer may differ in near
 * ties from one generated in other company, since a batch's size decides the order of sums.
 * Throws `file-not-found`, `file-corrupt`, `architecture-unsupported` or `out-of-memory`.
 */
export function openGenerator(options: OpenGeneratorOptions): AnswerGenerator {
  return new LlamaGenerator(options);
}

class LlamaGenerator implements AnswerGenerator {
  private readonly options: OpenGeneratorOptions;
  private readonly model: LlamaModel;
  private readonly tokenizer: Tokenizer;
  private readonly pace: ThreadPace;
  private context: LlamaContext | null = null;
  private adapter: LlamaAdapter | null = null;
  private busy = false;
  private closed = false;

  constructor(options: OpenGeneratorOptions) {
    this.options = options;
    this.model = new LlamaModel(options.modelPath);
    this.tokenizer = tokenizerOf(this.model);
    this.pace = createThreadPace(options.threads);
  }

  useAdapter(adapterPath: string | null): void {
    this.assertIdle();
    const next = adapterPath === null ? null : new LlamaAdapter(this.model, adapterPath);
    try {
      this.context?.setAdapter(next);
    } catch (error) {
      next?.[Symbol.dispose]();
      throw error;
    }
    this.adapter?.[Symbol.dispose]();
    this.adapter = next;
  }

  async *generate(
    prompts: readonly (readonly number[])[],
    options: GenerateOptions,
  ): AsyncGenerator<GeneratedAnswer, void, void> {
    this.assertIdle();
    options.signal?.throwIfAborted();
    if (prompts.length === 0 || options.maxTokens <= 0) return;
    this.busy = true;
    try {
      const context = this.contextFor(prompts, options.maxTokens);
      context.clear();
      const waiting = prompts.map((ids, index) => ({ ids, index }));
      const slots: (Slot | null)[] = Array.from({ length: context.sequences }, () => null);
      const inProgress = () => slots.filter((slot) => slot !== null);
      while (waiting.length > 0 || inProgress().length > 0) {
        for (const [sequence, slot] of slots.entries()) {
          const next = slot === null ? waiting.shift() : undefined;
          if (next !== undefined) slots[sequence] = startSlot(sequence, next, context, options);
        }
        fillBatch(context, inProgress());
        await this.compute(context, inProgress(), options.signal);
        for (const slot of inProgress()) {
          const stopped = this.advance(context, slot, options);
          if (stopped === null) continue;
          slots[slot.sequence] = null;
          context.removeSequence(slot.sequence);
          const text = this.tokenizer.detokenize(slot.answer, false);
          yield { index: slot.index, text, ids: slot.answer, stopped };
        }
      }
    } finally {
      this.busy = false;
      if (this.closed) this.free();
    }
  }

  /** While answers are under way, the memory is freed when their stream ends. */
  [Symbol.dispose](): void {
    this.closed = true;
    if (!this.busy) this.free();
  }

  private async compute(context: LlamaContext, slots: readonly Slot[], signal?: AbortSignal): Promise<void> {
    context.setThreads(this.pace.threads);
    const started = performance.now();
    await context.decode(signal);
    // Steps that read prompts take as long as the prompts are.
    if (context.batch.size === slots.length) this.pace.observe(performance.now() - started, slots.length);
  }

  private free(): void {
    this.context?.[Symbol.dispose]();
    this.context = null;
    this.adapter?.[Symbol.dispose]();
    this.adapter = null;
    this.model[Symbol.dispose]();
  }

  /** Takes the token that the batch yielded for this slot. Null: go on; else whether the model ended its turn. */
  private advance(context: LlamaContext, slot: Slot, options: GenerateOptions): boolean | null {
    if (slot.logitsAt === null) return null;
    const recent = [...slot.prompt.slice(-samplingDefaults.repeatLastTokens), ...slot.answer];
    const sampling = {
      temperature: options.temperature,
      repeatPenalty: options.repeatPenalty ?? samplingDefaults.repeatPenalty,
    };
    const id = chooseToken(context.logits(slot.logitsAt), recent, sampling, slot.random);
    if (this.tokenizer.isEndOfGeneration(id)) return true;
    slot.answer.push(id);
    return slot.answer.length >= slot.limit ? false : null;
  }

  /** Reuses the context where it is large enough. */
  private contextFor(prompts: readonly (readonly number[])[], maxTokens: number): LlamaContext {
    const longest = prompts.reduce((length, prompt) => Math.max(length, prompt.length), 0);
    const contextTokens = this.options.contextTokens ?? this.model.contextLength;
    if (longest >= contextTokens) {
      throw new TunesmithError(
        'bad-request',
        `A question is ${longest} tokens long, and ${contextTokens} is all that the model may read and write here.`,
        { advice: 'Shorten the question.' },
      );
    }
    const wanted = Math.min(longest + maxTokens, contextTokens);
    const sequenceTokens = Math.ceil(wanted / 256) * 256;
    const affordable = Math.floor(maxCacheBytes / (sequenceTokens * Math.max(1, this.model.cacheBytesPerToken)));
    const sequences = Math.max(1, Math.min(this.options.parallel ?? defaultParallel, prompts.length, affordable));
    const { context } = this;
    if (context !== null && context.sequenceTokens >= wanted && context.sequences >= sequences) return context;
    context?.[Symbol.dispose]();
    this.context = null;
    const created = new LlamaContext(this.model, {
      sequenceTokens,
      sequences,
      batchTokens,
      threads: this.options.threads,
    });
    if (this.adapter !== null) created.setAdapter(this.adapter);
    this.context = created;
    return created;
  }

  private assertIdle(): void {
    if (this.closed) throw new TunesmithError('internal', 'The answer generator was closed.');
    if (this.busy) throw new TunesmithError('internal', 'The answer generator is still busy with other prompts.');
  }
}

/** One prompt on its way through one of the context's sequences. */
interface Slot {
  readonly sequence: number;
  readonly index: number;
  readonly prompt: readonly number[];
  readonly answer: number[];
  /** Most tokens of the answer. */
  readonly limit: number;
  readonly random: () => number;
  /** Tokens of prompt and answer that are in the cache or in the batch. */
  read: number;
  /** Where the batch has this slot's logits; null while its prompt is not read to the end. */
  logitsAt: number | null;
}

function startSlot(
  sequence: number,
  { ids, index }: { ids: readonly number[]; index: number },
  context: LlamaContext,
  options: GenerateOptions,
): Slot {
  if (ids.length === 0) throw new TunesmithError('bad-request', 'There is no text to continue.');
  return {
    sequence,
    index,
    prompt: ids,
    answer: [],
    limit: Math.min(options.maxTokens, context.sequenceTokens - ids.length),
    random: seededRandom(options.seed ?? 0, index),
    read: 0,
    logitsAt: null,
  };
}

/** Every answer's newest token first, so that none waits; then as much of unread prompts as there is room for. */
function fillBatch(context: LlamaContext, slots: readonly Slot[]): void {
  const { batch } = context;
  batch.clear();
  const answering = slots.filter((slot) => slot.answer.length > 0);
  const reading = slots.filter((slot) => slot.answer.length === 0);
  for (const slot of answering) {
    slot.logitsAt = batch.add(slot.answer.at(-1) ?? 0, slot.read++, slot.sequence, true);
  }
  for (const slot of reading) {
    slot.logitsAt = null;
    while (batch.room > 0 && slot.read < slot.prompt.length) {
      const isLast = slot.read === slot.prompt.length - 1;
      const at = batch.add(slot.prompt[slot.read] ?? 0, slot.read, slot.sequence, isLast);
      slot.read++;
      if (isLast) slot.logitsAt = at;
    }
  }
}
