import type { TrainingUpdate } from '#common/contract/app/training.ts';
import type { RunState } from '#common/domain/run.ts';
import { watchTopic, type Topic } from '../../services/watch/topic.ts';
import { samplesOf } from '../../store/figures.ts';
import { runDetail } from '../../store/run-queries.ts';
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

/** A run's training from the record, as a snapshot and then what is new. */
export async function* watchTraining(
  store: Store,
  run: string,
  { topic, liveFacts, stateOf }: TrainingSources,
  signal: AbortSignal,
): AsyncGenerator<TrainingUpdate> {
  let told: Snapshot | undefined;
  let toldGeneration = 0;
  let sequence = 0;
  const look = () => {
    const live = liveFacts();
    return { snapshot: snapshotOf(store, run, live, stateOf), generation: live?.generation ?? 0 };
  };
  for await (const { snapshot, generation } of watchTopic(topic, look, signal, { pollMs: 2000 })) {
    const before = told;
    const grew =
      before !== undefined && (generation === toldGeneration || generation === 0) && isLonger(snapshot, before);
    if (grew) {
      sequence += 1;
      yield { ...tailOf(snapshot, before), type: 'delta', sequence };
    } else {
      sequence = 0;
      yield { ...snapshot, sequence };
    }
    told = snapshot;
    toldGeneration = generation === 0 ? toldGeneration : generation;
  }
}

function snapshotOf(store: Store, run: string, live: LiveFacts | null, stateOf: TrainingSources['stateOf']): Snapshot {
  const detail = runDetail(store.db, run);
  const { figures } = detail;
  const state = stateOf(detail.state);
  const last = figures.steps.length - 1;
  return {
    type: 'snapshot',
    sequence: 0,
    run,
    title: detail.title,
    recipe: detail.recipe,
    state,
    start: detail.start,
    lastSavedAt: live?.savedAt ?? ((state.progress?.checkpoint ?? null) === null ? null : detail.updatedAt),
    startedAt: detail.createdAt,
    live: live !== null,
    steps: figures.steps.map(({ at: _at, ...step }, index) => ({
      ...step,
      type: 'step' as const,
      etaSeconds: index === last ? (live?.etaSeconds ?? 0) : 0,
    })),
    evaluations: figures.evaluations.map((each) => ({ ...each, type: 'evaluation' as const })),
    answers: figures.answers.map((each) => ({ ...each, type: 'answers' as const })),
    samples: samplesOf(store.db, run).map((each) => ({ ...each, type: 'sample' as const })),
    notices: figures.notices.map(({ at: _at, ...each }) => ({ ...each, type: 'notice' as const })),
  };
}

const lists = ['steps', 'evaluations', 'answers', 'samples', 'notices'] as const;

/** Every list is the one before, with more behind it. */
function isLonger(now: Snapshot, before: Snapshot): boolean {
  return lists.every((name) => now[name].length >= before[name].length);
}

function tailOf(now: Snapshot, before: Snapshot) {
  const { state, start, lastSavedAt, live } = now;
  return {
    state,
    start,
    lastSavedAt,
    live,
    steps: now.steps.slice(before.steps.length),
    evaluations: now.evaluations.slice(before.evaluations.length),
    answers: now.answers.slice(before.answers.length),
    samples: now.samples.slice(before.samples.length),
    notices: now.notices.slice(before.notices.length),
  };
}
