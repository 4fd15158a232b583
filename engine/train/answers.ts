import { TunesmithError, toFailure } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import type { TrainEvent } from '#common/domain/train-event.ts';
import type { AnswerGenerator, GeneratedAnswer } from '../generate/generator.ts';
import type { AnswerDeps, AnswerPrompt, QuestionPrompt, TrainDeps } from './job.ts';
import type { Version } from './keeper.ts';

export type AnswerOutcome =
  | { readonly kind: 'measured'; readonly answers: Version['answers'] }
  | { readonly kind: 'paused' };

/** Generates and checks the answers of one version after another. */
export interface Answerer extends Disposable {
  /**
   * `adapter` null: the untaught base, which is asked the person's questions only (it hardly ever ends an answer,
   * so all of the held-out prompts would take long and tell little).
   */
  answer(update: number, adapter: string | null): AsyncGenerator<TrainEvent, AnswerOutcome>;
}

/** Held-out answers that are shown, besides the person's own questions. */
const shownAnswers = 3;
/** Failures after which answers are given up for the rest of the run. */
const toleratedFailures = 2;
const unmeasured: AnswerOutcome = { kind: 'measured', answers: null };

export function createAnswerer(
  deps: AnswerDeps | undefined,
  recipe: Pick<Recipe, 'maxAnswers' | 'maxAnswerTokens'>,
  { signal, shouldPause }: Pick<TrainDeps, 'signal' | 'shouldPause'>,
): Answerer {
  const chosen = chooseEvenly(deps?.prompts ?? [], recipe.maxAnswers);
  const questions = deps?.questions ?? [];
  let generator: AnswerGenerator | null = null;
  let failures = 0;

  async function generateAll(
    answerDeps: AnswerDeps,
    adapter: string | null,
    prompts: readonly QuestionPrompt[],
    stop: AbortSignal,
  ): Promise<GeneratedAnswer[]> {
    generator ??= await answerDeps.openGenerator();
    generator.useAdapter(adapter);
    const answers: GeneratedAnswer[] = [];
    const options = { maxTokens: recipe.maxAnswerTokens, temperature: 0, signal: stop };
    for await (const answer of generator.generate(
      prompts.map((prompt) => prompt.ids),
      options,
    )) {
      answers[answer.index] = answer;
    }
    return answers;
  }

  async function* answerOrThrow(
    answerDeps: AnswerDeps,
    update: number,
    adapter: string | null,
    stop: AbortSignal,
  ): AsyncGenerator<TrainEvent, AnswerOutcome> {
    const checked: readonly AnswerPrompt[] = adapter === null ? [] : chosen;
    if (checked.length + questions.length === 0) return unmeasured;
    const answers = await generateAll(answerDeps, adapter, [...checked, ...questions], stop);
    const at = (index: number): GeneratedAnswer => answers[index] ?? { index, text: '', ids: [], stopped: false };
    const items = checked.map((item, index) => ({ ...pickText(item), answer: at(index).text }));
    const verdicts = items.length === 0 ? [] : await answerDeps.check(items, stop);
    for (const [index, { prompt, expected }] of checked.slice(0, shownAnswers).entries()) {
      const passed = verdicts[index]?.passed ?? false;
      yield { type: 'sample', update, prompt, expected, answer: at(index).text, passed, stopped: at(index).stopped };
    }
    for (const [index, { prompt }] of questions.entries()) {
      const { text, stopped } = at(checked.length + index);
      yield { type: 'sample', update, prompt, answer: text, stopped };
    }
    if (checked.length === 0) return unmeasured;
    const measured = {
      passed: verdicts.filter((verdict) => verdict.passed).length,
      of: checked.length,
      stopped: checked.filter((_, index) => at(index).stopped).length,
    };
    yield { type: 'answers', update, ...measured };
    return { kind: 'measured', answers: measured };
  }

  return {
    async *answer(update, adapter) {
      if (!deps || failures >= toleratedFailures) return unmeasured;
      using pause = watchPause(shouldPause);
      try {
        return yield* answerOrThrow(deps, update, adapter, AbortSignal.any([signal, pause.signal]));
      } catch (error) {
        if (pause.signal.aborted && !signal.aborted) return { kind: 'paused' };
        if (signal.aborted || (error instanceof TunesmithError && error.code === 'cancelled')) throw error;
        failures++;
        const given = failures >= toleratedFailures ? ' They are not tried again in this run.' : '';
        const message = `The answers of this version could not be checked: ${toFailure(error).message}${given}`;
        yield { type: 'notice', update, code: 'answers-failed', message };
        return unmeasured;
      }
    },
    [Symbol.dispose]() {
      generator?.[Symbol.dispose]();
      generator = null;
    },
  };
}

/** Aborts its signal soon after a pause is asked for: answers may take minutes. */
function watchPause(shouldPause: () => boolean): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (shouldPause()) controller.abort();
  }, 200);
  return { signal: controller.signal, [Symbol.dispose]: () => clearInterval(timer) };
}

/** `count` items, evenly spread: the same ones at every evaluation, so that versions compare. */
export function chooseEvenly<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as Item);
}

function pickText({ prompt, expected }: AnswerPrompt): { prompt: string; expected: string } {
  return { prompt, expected };
}
