import { TunesmithError } from '#common/domain/errors.ts';
import type { Message } from '#common/domain/example.ts';
import type { CheckSpec } from '#common/domain/recipe.ts';
import { trainedOf } from '#common/domain/run.ts';
import { answerOf, type AnswerOptions, type AskDeps } from '../../services/chat/ask.ts';
import { runFolder } from '../../services/paths.ts';
import { artifactFile } from '../../store/artifacts.ts';
import { saveComparisons } from '../../store/figures.ts';
import { runDetail } from '../../store/run-queries.ts';
import type { Store } from '../../store/store.ts';

export interface Question {
  readonly text: string;
  readonly messages: readonly Message[];
  readonly expected?: string | undefined;
}

export interface ComparedRow {
  readonly prompt: string;
  readonly base: string;
  readonly tuned: string;
  readonly baseStopped: boolean;
  readonly tunedStopped: boolean;
  readonly expected?: string;
  readonly basePassed?: boolean;
  readonly tunedPassed?: boolean;
}

/** Puts questions to the base and to the tuned model with the same settings. The record keeps the newest comparison. */
export async function* compareRun(
  store: Store,
  deps: AskDeps,
  input: {
    readonly run: string;
    readonly questions: AsyncIterable<Question> | Iterable<Question>;
    readonly options: AnswerOptions;
    /** Absent: answers are shown, not judged. */
    readonly check?: CheckSpec | undefined;
  },
  signal?: AbortSignal,
): AsyncGenerator<ComparedRow> {
  const { run, options, check } = input;
  const { base, recipe, state } = runDetail(store.db, run);
  const trained = trainedOf(state);
  if (trained === null) {
    throw new TunesmithError('bad-request', 'There is no tuned model to compare yet.', {
      advice: `Go on with "tunesmith resume ${run}" first.`,
    });
  }
  const untaught = { basePath: base.path, chatTemplate: recipe.chatTemplate };
  const taught = { ...untaught, adapterPath: artifactFile(runFolder(store.layout, run), trained.adapter) };
  const rows: ComparedRow[] = [];
  for await (const { text, messages, expected } of input.questions) {
    const before = await answerOf(deps, untaught, messages, options, signal);
    const after = await answerOf(deps, taught, messages, options, signal);
    const row = {
      prompt: text,
      base: before.answer,
      tuned: after.answer,
      baseStopped: before.stopped,
      tunedStopped: after.stopped,
    };
    const judged = check === undefined || expected === undefined ? {} : await judge(deps, check, row, expected, signal);
    rows.push({ ...row, ...judged });
    yield { ...row, ...judged };
  }
  if (rows.length > 0) saveComparisons(store.db, run, rows, store.now());
}

async function judge(
  { engine }: AskDeps,
  check: CheckSpec,
  { prompt, base, tuned }: Pick<ComparedRow, 'prompt' | 'base' | 'tuned'>,
  expected: string,
  signal?: AbortSignal,
) {
  const answers = [base, tuned].map((answer) => ({ prompt, expected, answer }));
  const [basePassed, tunedPassed] = (await engine.check({ check, answers }, signal)).map(({ passed }) => passed);
  return { expected, basePassed: basePassed === true, tunedPassed: tunedPassed === true };
}
