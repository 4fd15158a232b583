import { randomInt } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { AppContract } from '#common/contract/app/app.ts';
import { askedSchema, blindChoiceSchema, type BlindResult, type BlindState } from '#common/contract/app/comparing.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { trainedOf } from '#common/domain/run.ts';
import { signTest } from '#common/domain/sign-test.ts';
import { adapterOf } from '../../features/shrinking/shrink-run.ts';
import { answerOf, ask, type Subject } from '../../services/chat/ask.ts';
import { runFolder } from '../../services/paths.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';
import { runDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { draftFromRun } from './draft-from-run.ts';
import { questionsOf } from './questions.ts';

const testSchema = z.object({
  pairs: z.array(z.object({ prompt: z.string(), base: z.string(), tuned: z.string(), baseIsA: z.boolean() })),
  votes: z.array(blindChoiceSchema),
  finished: z.boolean(),
});
type Test = z.infer<typeof testSchema>;

const longestHistory = 200;

export function comparingHandlers(context: Context): Handlers<AppContract['comparing']> {
  const { store, engine, chat, drafts, examples } = context;
  const deps = { engine, chat };

  const fileOf = (run: string, name: string): string => {
    // Throws where there is no such run: nothing is written for it.
    runDetail(store.db, run);
    return path.join(runFolder(store.layout, run), name);
  };
  const historyOf = (run: string) => readJson(fileOf(run, 'asked.json'), z.array(askedSchema)) ?? [];
  const testOf = (run: string): Test | undefined => readJson(fileOf(run, 'blind.json'), testSchema);
  const requireTest = (run: string): Test => {
    const test = testOf(run);
    if (test !== undefined) return test;
    throw new TunesmithError('bad-request', 'There is no taste test yet.', { advice: 'Prepare one first.' });
  };
  const keep = (run: string, test: Test): BlindState => {
    writeJson(fileOf(run, 'blind.json'), test);
    return stateOf(test);
  };

  function subjects(run: string): { readonly base: Subject; readonly tuned: Subject } {
    const detail = runDetail(store.db, run);
    if (trainedOf(detail.state) === null) {
      throw new TunesmithError('bad-request', 'There is no tuned model to compare yet.', {
        advice: 'Let the training finish first.',
      });
    }
    const base = { basePath: detail.base.path, chatTemplate: detail.recipe.chatTemplate };
    return { base, tuned: { ...base, adapterPath: adapterOf(store, detail) } };
  }

  return {
    questions: async ({ run, limit }) =>
      (await questionsOf(store, run, limit, false)).map(({ text, expected }) => ({
        prompt: text,
        ...(expected === undefined ? {} : { expected }),
      })),
    async *ask({ run, prompt, settings }, signal) {
      const both = subjects(run);
      const messages = conversation(prompt, settings.system);
      const answers = { base: '', tuned: '' };
      for (const side of ['base', 'tuned'] as const) {
        for await (const event of ask(deps, both[side], messages, settings, signal)) {
          if (event.type === 'text') yield { ...event, side };
          else {
            const { answer, stopped, tokens, tokensPerSecond } = event;
            answers[side] = answer;
            yield { type: 'end' as const, side, answer, stopped, tokens, tokensPerSecond };
          }
        }
      }
      const { temperature } = settings;
      const asked = [...historyOf(run), { prompt, ...answers, at: store.now(), temperature }];
      writeJson(fileOf(run, 'asked.json'), asked.slice(-longestHistory));
    },
    history: async ({ run }) => historyOf(run),
    clear: async ({ run }) => {
      writeJson(fileOf(run, 'asked.json'), []);
      return {};
    },
    async *blindPrepare({ run, count, questions, settings }, signal) {
      const both = subjects(run);
      const held = await questionsOf(store, run, count, false);
      const own = questions.map((text) => ({ text, messages: conversation(text, settings.system) }));
      const asked = [...held, ...own].slice(0, count);
      if (asked.length === 0) {
        throw new TunesmithError('data-empty', 'This run held no examples back that could be asked.', {
          advice: 'Write some questions of your own.',
        });
      }
      const pairs: Test['pairs'] = [];
      for (const { text, messages } of asked) {
        yield {
          phase: 'preparing' as const,
          work: { stage: 'answering', completed: pairs.length, total: asked.length },
        };
        const base = await answerOf(deps, both.base, messages, settings, signal);
        const tuned = await answerOf(deps, both.tuned, messages, settings, signal);
        pairs.push({ prompt: text, base: base.answer, tuned: tuned.answer, baseIsA: randomInt(2) === 0 });
      }
      yield keep(run, { pairs, votes: [], finished: false });
    },
    blind: async ({ run }) => {
      const test = testOf(run);
      return test === undefined ? { phase: 'none' } : stateOf(test);
    },
    vote: async ({ run, index, choice }) => {
      const test = requireTest(run);
      if (test.finished || index !== test.votes.length || index >= test.pairs.length) {
        throw new TunesmithError('bad-request', 'This pair is not the one to be judged now.');
      }
      return keep(run, { ...test, votes: [...test.votes, choice] });
    },
    undoVote: async ({ run }) => {
      const test = requireTest(run);
      return keep(run, { ...test, finished: false, votes: test.votes.slice(0, -1) });
    },
    finishBlind: async ({ run }) => keep(run, { ...requireTest(run), finished: true }),
    fix: async ({ run, draft, prompt, answer, system }) => {
      const target = draft ?? (await draftFromRun(context, run));
      drafts.get(target);
      const set = await examples.get(target);
      set.add([[...conversation(prompt, system), { role: 'assistant', content: answer }]]);
      await examples.changed(target);
      return { draft: target };
    },
  };
}

function conversation(prompt: string, system: string | undefined): Message[] {
  const first: Message[] = system === undefined || system.trim() === '' ? [] : [{ role: 'system', content: system }];
  return [...first, { role: 'user', content: prompt }];
}

function stateOf(test: Test): BlindState {
  const { pairs, votes, finished } = test;
  const next = pairs[votes.length];
  if (finished || next === undefined) return { phase: 'result', result: resultOf(test) };
  const [a, b] = next.baseIsA ? [next.base, next.tuned] : [next.tuned, next.base];
  return {
    phase: 'voting',
    pair: { index: votes.length, prompt: next.prompt, a, b },
    done: votes.length,
    total: pairs.length,
  };
}

/** Below this, chance alone is called an unlikely explanation. */
const unlikely = 0.05;

function resultOf({ pairs, votes }: Test): BlindResult {
  const judged = votes.flatMap((vote, index) => {
    const pair = pairs[index];
    if (pair === undefined) return [];
    const { prompt, base, tuned, baseIsA } = pair;
    const chosen = vote === 'both' || vote === 'neither' ? vote : (vote === 'a') === baseIsA ? 'base' : 'tuned';
    return [{ prompt, base, tuned, chosen } as const];
  });
  const count = (side: string): number => judged.filter(({ chosen }) => chosen === side).length;
  const [base, tuned] = [count('base'), count('tuned')];
  const pValue = signTest(tuned, base);
  const verdict =
    base + tuned === 0
      ? 'nothing-chosen'
      : pValue >= unlikely
        ? 'unclear'
        : tuned > base
          ? 'tuned-better'
          : 'base-better';
  const words = wordsOf(verdict, tuned, base, pValue);
  return { tuned, base, ties: judged.length - base - tuned, pValue, verdict, words, pairs: judged };
}

function wordsOf(verdict: BlindResult['verdict'], tuned: number, base: number, pValue: number): string {
  if (verdict === 'nothing-chosen') return 'You preferred neither side even once: nothing can be said.';
  const score = `You preferred the trained model ${tuned} times out of the ${tuned + base} where you chose a side.`;
  const hundred = Math.round(pValue * 100);
  const chance =
    hundred < 1 ? 'less than once in 100' : hundred === 1 ? 'about once in 100' : `about ${hundred} times in 100`;
  const often = `If the two were equally good, a score at least this one-sided would turn up ${chance}.`;
  const verdicts = {
    'tuned-better': 'The trained model is probably better.',
    'base-better': 'The model before the training is probably better.',
    unclear: 'That can well be chance: more questions would tell.',
  };
  return `${score} ${often} ${verdicts[verdict]}`;
}
