import { randomInt } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { AppContract } from '#common/contract/app/app.ts';
import { askedSchema, type ComparingState } from '#common/contract/app/comparing.ts';
import type { Handlers } from '#common/contract/define.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import { trainedOf } from '#common/domain/run.ts';
import { blindStateOf, blindTestSchema, type BlindTest } from '../../features/comparing/blind-test.ts';
import { forgettingResult, forgettingRowSchema, generalAnswerTokens } from '../../features/comparing/forgetting.ts';
import { generalQuestions } from '../../features/comparing/general-questions.ts';
import { adapterOf } from '../../features/shrinking/shrink-run.ts';
import { answerOf, ask, type Subject } from '../../services/chat/ask.ts';
import { runFolder } from '../../services/paths.ts';
import { readJson, writeJson } from '../../services/storage/json-file.ts';
import { watchTopic } from '../../services/watch/topic.ts';
import { runDetail } from '../../store/run-queries.ts';
import type { Context } from './context.ts';
import { draftFromRun } from './draft-from-run.ts';
import { questionsOf } from './questions.ts';
import { BackgroundWork } from './work.ts';

const longestHistory = 200;
const forgettingSchema = z.object({ at: z.number(), rows: z.array(forgettingRowSchema) });

type Going = NonNullable<ComparingState['work']>;
export type Comparing = {
  readonly handlers: Handlers<AppContract['comparing']>;
  readonly work: BackgroundWork<Going>;
};

export function openComparing(context: Context): Comparing {
  const { store, engine, chat, drafts, examples } = context;
  const deps = { engine, chat };
  const work = new BackgroundWork<Going>();

  const fileOf = (run: string, name: string): string => {
    // Throws where there is no such run: nothing is written for it.
    runDetail(store.db, run);
    return path.join(runFolder(store.layout, run), name);
  };
  const historyOf = (run: string) => readJson(fileOf(run, 'asked.json'), z.array(askedSchema)) ?? [];
  const testOf = (run: string): BlindTest | undefined => readJson(fileOf(run, 'blind.json'), blindTestSchema);
  const requireTest = (run: string): BlindTest => {
    const test = testOf(run);
    if (test !== undefined) return test;
    throw new TunesmithError('bad-request', 'There is no taste test yet.', { advice: 'Prepare one first.' });
  };
  const keep = (run: string, test: BlindTest) => {
    writeJson(fileOf(run, 'blind.json'), test);
    work.topic.changed();
    return blindStateOf(test);
  };
  const blindOf = (run: string) => {
    const test = testOf(run);
    return test === undefined ? ({ phase: 'none' } as const) : blindStateOf(test);
  };
  const forgettingOf = (run: string) => {
    const kept = readJson(fileOf(run, 'forgetting.json'), forgettingSchema);
    return kept === undefined ? null : forgettingResult(kept.rows, kept.at);
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

  const handlers: Handlers<AppContract['comparing']> = {
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
    watch: ({ run }, signal) =>
      watchTopic(
        work.topic,
        () => ({
          blind: blindOf(run),
          forgetting: forgettingOf(run),
          work: work.state(run),
          failure: work.failure(run),
        }),
        signal,
      ),
    blindPrepare: async ({ run, count, questions, settings }) => {
      const both = subjects(run);
      const held = await questionsOf(store, run, count, false);
      const own = questions.map((text) => ({ text, messages: conversation(text, settings.system) }));
      const asked = [...own, ...held].slice(0, count);
      if (asked.length === 0) {
        throw new TunesmithError('data-empty', 'This run held no examples back that could be asked.', {
          advice: 'Write some questions of your own.',
        });
      }
      const total = asked.length;
      // An answer longer than any that was taught is only a model that cannot stop.
      const longest = Math.max(64, runDetail(store.db, run).recipe.maxAnswerTokens);
      const limited = { ...settings, maxTokens: Math.min(settings.maxTokens, longest) };
      work.start(run, { stage: 'blind', completed: 0, total }, async (tell, signal) => {
        const pairs: BlindTest['pairs'] = [];
        for (const { text, messages } of asked) {
          const base = await answerOf(deps, both.base, messages, limited, signal);
          const tuned = await answerOf(deps, both.tuned, messages, limited, signal);
          pairs.push({ prompt: text, base: base.answer, tuned: tuned.answer, baseIsA: randomInt(2) === 0 });
          tell({ stage: 'blind', completed: pairs.length, total });
        }
        keep(run, { pairs, votes: [], finished: false });
      });
      return {};
    },
    checkForgetting: async ({ run }) => {
      const both = subjects(run);
      const total = generalQuestions.length;
      work.start(run, { stage: 'forgetting', completed: 0, total }, async (tell, signal) => {
        const settings = { temperature: 0, maxTokens: generalAnswerTokens };
        const rows: z.infer<typeof forgettingRowSchema>[] = [];
        for (const { prompt } of generalQuestions) {
          const messages = conversation(prompt, undefined);
          const base = await answerOf(deps, both.base, messages, settings, signal);
          const tuned = await answerOf(deps, both.tuned, messages, settings, signal);
          rows.push({ prompt, base: base.answer, tuned: tuned.answer });
          tell({ stage: 'forgetting', completed: rows.length, total });
        }
        writeJson(fileOf(run, 'forgetting.json'), { at: store.now(), rows });
      });
      return {};
    },
    cancel: async ({ run }) => {
      await work.cancel(run);
      return {};
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
      const messages: Message[] = [...conversation(prompt, system), { role: 'assistant', content: answer }];
      // Two answers to one question would contradict each other.
      const row = set.state.rows.findIndex((each) => isSameQuestion(each.messages, messages)) + 1;
      if (row > 0) set.edit(row, messages);
      else set.add([messages]);
      await examples.changed(target);
      return { draft: target, replaced: row > 0 };
    },
  };
  return { handlers, work };
}

function isSameQuestion(a: readonly Message[], b: readonly Message[]): boolean {
  const question = (messages: readonly Message[]) =>
    JSON.stringify(messages.slice(0, -1).map(({ role, content }) => [role, content.trim()]));
  return question(a) === question(b);
}

function conversation(prompt: string, system: string | undefined): Message[] {
  const first: Message[] = system === undefined || system.trim() === '' ? [] : [{ role: 'system', content: system }];
  return [...first, { role: 'user', content: prompt }];
}
