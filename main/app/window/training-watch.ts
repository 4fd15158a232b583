import type { TrainingUpdate } from '#common/contract/app/training.ts';
import type { RunState } from '#common/domain/run.ts';
import { watchTopic, type Topic } from '../../services/watch/topic.ts';
import { read } from '../../store/database.ts';
import {
  figuresAfter,
  figuresReadNow,
  isStillThere,
  nothingRead,
  samplesOf,
  type FiguresRead,
} from '../../store/figures.ts';
import { runDetail, runNow } from '../../store/run-queries.ts';
import type { Store } from '../../store/store.ts';

/** What the record does not hold of a training that goes on in this process. */
export interface LiveFacts {
  /** Seconds left, by the newest step. */
  readonly etaSeconds: number;
  readonly savedAt: number | null;
  /** Grows when a resumed training takes updates back: who watches begins anew. */
  readonly generation: number;
}

export interface TrainingSources {
  /** Told of every event. */
  readonly topic: Topic;
  readonly liveFacts: () => LiveFacts | null;
  /** What is to be shown in the place of the recorded state. */
  readonly stateOf: (recorded: RunState) => RunState;
}

type Snapshot = Extract<TrainingUpdate, { type: 'snapshot' }>;
type Delta = Extract<TrainingUpdate, { type: 'delta' }>;
type Lists = Pick<Delta, 'steps' | 'evaluations' | 'answers' | 'samples' | 'notices'>;

/** A run's training from the record, as a snapshot and then what is new: a look costs as much as came since the one before. */
export async function* watchTraining(
  store: Store,
  run: string,
  sources: TrainingSources,
  signal: AbortSignal,
): AsyncGenerator<TrainingUpdate> {
  const look = lookOut(store, run, sources);
  for await (const update of watchTopic(sources.topic, look, signal, { pollMs: 2000 })) {
    if (update !== null) yield update;
  }
}

/** Each call gives what is new since the call before; null where nothing is. */
export function lookOut(
  { db }: Pick<Store, 'db'>,
  run: string,
  { liveFacts, stateOf }: Omit<TrainingSources, 'topic'>,
): () => TrainingUpdate | null {
  let told: { readonly read: FiguresRead; readonly facts: string; readonly start: string } | undefined;
  let toldGeneration = 0;
  let sequence = 0;

  return () =>
    read(db, () => {
      const live = liveFacts();
      const { generation = 0 } = live ?? {};
      const { state: recorded, start, updatedAt } = runNow(db, run);
      const state = stateOf(recorded);
      const lastSavedAt = live?.savedAt ?? ((state.progress?.checkpoint ?? null) === null ? null : updatedAt);
      const now = { state, start, lastSavedAt, live: live !== null };
      const facts = JSON.stringify(now);
      const begun = JSON.stringify(start);
      const isSame = told?.start === begun && (generation === toldGeneration || generation === 0);
      if (generation !== 0) toldGeneration = generation;
      const before = told !== undefined && isSame && isStillThere(db, run, told.read) ? told : undefined;
      const lists = listsAfter(db, run, before?.read ?? nothingRead, live?.etaSeconds ?? 0);
      if (before !== undefined && facts === before.facts && Object.values(lists).every(({ length }) => length === 0)) {
        return null;
      }
      told = { read: figuresReadNow(db, run), facts, start: begun };
      if (before !== undefined) return { ...lists, ...now, type: 'delta', sequence: (sequence += 1) };
      sequence = 0;
      const { title, recipe, createdAt } = runDetail(db, run);
      return {
        ...lists,
        ...now,
        type: 'snapshot',
        sequence,
        run,
        title,
        recipe,
        startedAt: createdAt,
      } satisfies Snapshot;
    });
}

function listsAfter(db: Store['db'], run: string, seen: FiguresRead, etaSeconds: number): Lists {
  const { steps, evaluations, answers, notices } = figuresAfter(db, run, seen);
  return {
    steps: steps.map(({ at: _at, ...step }, index) => ({
      ...step,
      type: 'step' as const,
      etaSeconds: index === steps.length - 1 ? etaSeconds : 0,
    })),
    evaluations: evaluations.map((each) => ({ ...each, type: 'evaluation' as const })),
    answers: answers.map((each) => ({ ...each, type: 'answers' as const })),
    samples: samplesOf(db, run, undefined, seen).map((each) => ({ ...each, type: 'sample' as const })),
    notices: notices.map(({ at: _at, ...each }) => ({ ...each, type: 'notice' as const })),
  };
}
