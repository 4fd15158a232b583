import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { TrainingUpdate } from '#common/contract/app/training.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import type { FeatureClient } from '#common/wire/features.ts';
import { writeTinyModel } from './tiny-model.ts';

export type WindowClient = FeatureClient<AppContract>;

const words = ['red', 'blue', 'green', 'white', 'black', 'brown', 'pink', 'grey'];
function colours(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `# INPUT\nSay ${words[n % 8]} ${n}\n# OUTPUT\n${words[(n + 1) % 8]}\n`,
  );
  return rows.join('');
}

/** Many quick updates; checked and saved often. */
export const quickKnobs: Partial<Recipe> = {
  rank: 2,
  epochs: 20,
  batchSize: 2,
  evaluationsPerEpoch: 1,
  maxAnswers: 2,
  maxAnswerTokens: 4,
  checkpointEvery: 5,
  threads: 1,
};

/** A draft on a tiny model of random weights, ready to be trained. */
export async function draftReady(
  client: WindowClient,
  home: string,
  knobs: Partial<Recipe> = {},
  examples = 40,
): Promise<string> {
  const model = path.join(home, 'tiny.gguf');
  await writeTinyModel(model, { architecture: 'llama', layers: 1 });
  const { id: draft } = await client.drafts.create({ title: 'Colours' });
  const change = {
    base: { id: model, title: 'tiny' },
    preset: 'quick',
    overrides: { ...quickKnobs, ...knobs },
  } as const;
  await client.drafts.save({ id: draft, change });
  const inputs = [{ kind: 'text' as const, text: colours(examples), name: 'colours.txt' }];
  for await (const event of client.examples.import({ draft, inputs })) void event;
  return draft;
}

export async function startTraining(client: WindowClient, draft: string, questions: string[] = []): Promise<string> {
  const { preset, overrides, check } = await client.drafts.get({ id: draft });
  return (await client.training.start({ draft, preset, overrides, check, questions })).run;
}

type View = Extract<TrainingUpdate, { type: 'snapshot' }>;

/** Follows a training as the window does, until `fits`. */
export async function until(client: WindowClient, run: string, fits: (view: View) => boolean): Promise<View> {
  let view: View | undefined;
  for await (const update of client.training.watch({ run })) {
    if (update.type === 'snapshot') view = update;
    else if (view !== undefined) {
      const { type: _type, ...rest } = update;
      const appended = { steps: [...view.steps, ...update.steps], samples: [...view.samples, ...update.samples] };
      const lists = {
        ...appended,
        evaluations: [...view.evaluations, ...update.evaluations],
        answers: [...view.answers, ...update.answers],
        notices: [...view.notices, ...update.notices],
      };
      view = { ...view, ...rest, ...lists };
    }
    if (view !== undefined && fits(view)) return view;
  }
  throw new Error('The watch ended by itself.');
}

export const isAtRest = ({ state }: View): boolean =>
  ['done', 'failed', 'paused', 'interrupted', 'cancelled'].includes(state.phase);

export const updatesOf = (view: View): readonly number[] => view.steps.map(({ update }) => update);
