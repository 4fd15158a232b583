import type { AppContract } from '#common/contract/app/app.ts';
import type { Handlers } from '#common/contract/define.ts';
import { formatCheckSpec } from '#common/domain/check.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { isActive } from '#common/domain/run.ts';
import { beginRun, reopenRun } from '../../features/training/begin.ts';
import { keepRun } from '../../features/training/keep.ts';
import { pauseRun, trainRun, type TrainingFiles } from '../../features/training/train.ts';
import { Topic } from '../../services/watch/topic.ts';
import { runDetail } from '../../store/run-queries.ts';
import { changeRun, runState } from '../../store/runs.ts';
import { adoptExamples } from './adopt.ts';
import { baseTitles } from './base-titles.ts';
import type { Context } from './context.ts';
import { knobs } from './knobs.ts';
import { planShape, trainingPlans } from './plans.ts';
import { Rehearsals } from './rehearsals.ts';
import { StrandedRuns } from './stranded.ts';
import { watchTraining, type LiveFacts } from './training-watch.ts';

/** The training that this process is at work on. One at a time: two would each be slower than one after the other. */
interface Live extends LiveFacts {
  readonly files: TrainingFiles;
  readonly stop: AbortController;
  etaSeconds: number;
  savedAt: number | null;
  generation: number;
  ended: Promise<void>;
}

export interface Training {
  readonly handlers: Handlers<AppContract['training']>;
  /** The run that is being trained now. */
  readonly current: () => string | null;
  /** Of a run that is being trained here, once a step was measured. */
  readonly secondsLeft: (run: string) => number | null;
  /** Pauses what is going on and waits for it: before the app ends. */
  readonly pauseAndWait: () => Promise<void>;
}

export function openTraining(context: Context): Training {
  const { store, engine, workEngine, drafts, runsChanged, checks } = context;
  const planned = trainingPlans(context);
  const rehearsals = new Rehearsals(context);
  /** Told of every event of a training, of whichever run. The record is also looked at now and then: another Tunesmith may work on a run. */
  const stepped = new Topic();
  const stranded = new StrandedRuns(store, changed);
  let live: Live | undefined;
  let starting = false;

  function requireIdle(): void {
    const busy = context.busyWith();
    if (live === undefined && !starting && (busy === null || busy === 'rehearse')) return;
    const training = live !== undefined || starting || busy === 'train';
    throw new TunesmithError(
      'run-busy',
      training ? 'Another training is going on.' : 'A model is being shrunk or measured just now.',
      { advice: training ? 'Wait for it, or pause it first.' : 'Wait for it, or stop it first.', retryable: true },
    );
  }

  /** Nothing else is begun meanwhile, and a rehearsal gives way. */
  async function exclusively<T>(work: () => Promise<T>): Promise<T> {
    requireIdle();
    starting = true;
    try {
      await rehearsals.stop();
      stranded.settle();
      return await work();
    } finally {
      starting = false;
    }
  }

  function train(files: TrainingFiles): void {
    const at: Live = {
      files,
      stop: new AbortController(),
      etaSeconds: 0,
      savedAt: null,
      generation: 0,
      ended: Promise.resolve(),
    };
    live = at;
    at.ended = follow(at).finally(() => {
      if (live === at) live = undefined;
      changed();
    });
    runsChanged.changed();
  }

  function changed(): void {
    stepped.changed();
    runsChanged.changed();
  }

  /** The record holds everything, its failure too: nothing is left to throw to anybody. */
  async function follow(at: Live): Promise<void> {
    try {
      for await (const event of trainRun(store, workEngine, at.files, at.stop.signal)) {
        if (event.type === 'step') at.etaSeconds = event.etaSeconds;
        if (event.type === 'checkpoint') at.savedAt = store.now();
        if (event.type === 'start') at.generation += 1;
        if (event.type === 'done' && event.outcome === 'finished') {
          changeRun(store, at.files.run, { type: 'finish', at: store.now() });
        }
        stepped.changed();
        if (event.type !== 'step') runsChanged.changed();
      }
    } catch (error) {
      // trainRun wrote it into the record before it threw, if it could.
      stranded.check(at.files.run, error);
    }
  }

  async function pauseAndWait(at: Live): Promise<void> {
    await pauseRun(workEngine, at.files).catch(() => at.stop.abort());
    await at.ended;
  }

  const handlers: Handlers<AppContract['training']> = {
    knobs: async () => [...knobs],
    presets: async ({ draft, overrides }, signal) => {
      const planFor = async (preset: 'quick' | 'balanced' | 'thorough') =>
        planShape((await planned({ draft, preset, overrides }, signal)).plan);
      return {
        quick: await planFor('quick'),
        balanced: await planFor('balanced'),
        thorough: await planFor('thorough'),
      };
    },
    plan: async (order, signal) => planShape((await planned(order, signal)).plan),
    rehearse: async (order, signal) => {
      requireIdle();
      return rehearsals.run((planSignal) => planned(order, planSignal), signal);
    },
    checkStatus: async ({ subject, check }) => ({
      allowed: checks.isAllowed(subject, check),
      words: check.kind === 'command' ? formatCheckSpec(check).replace(/^command:/, '') : formatCheckSpec(check),
    }),
    allowCheck: async ({ subject, check }) => {
      checks.allow(subject, check);
      return {};
    },
    tryCheck: async ({ subject, check, expected, answer }, signal) => {
      checks.require(subject, check);
      const [verdict] = await engine.check({ check, answers: [{ prompt: '', expected, answer }] }, signal);
      return verdict ?? { passed: false };
    },
    start: async (order, signal) => {
      const { check, draft: id } = order;
      checks.require(id, check);
      return exclusively(async () => {
        const { base, plan, draft } = await planned({ ...order, overrides: { ...order.overrides, check } }, signal);
        const dataset = await adoptExamples(context, id);
        const title =
          order.title ?? (draft.title === '' ? `My examples on ${baseTitles(context)(base.name)}` : draft.title);
        const { engineBuild } = context;
        const { info, recipe } = plan;
        const input = { base, info, recipe, dataset, title, engineBuild, questions: order.questions };
        const files = await beginRun(store, input, signal);
        checks.allow(files.run, check);
        drafts.save(id, { run: files.run });
        train(files);
        return { run: files.run };
      });
    },
    resume: async ({ run, changes }, signal) => {
      checks.require(run, runDetail(store.db, run).recipe.check);
      return exclusively(async () => {
        train(await reopenRun(store, run, signal, changes));
        return {};
      });
    },
    pause: async ({ run }) => {
      if (live?.files.run !== run) throw notGoingOn();
      await pauseRun(workEngine, live.files);
      return {};
    },
    cancel: async ({ run }) => {
      if (live?.files.run === run) {
        live.stop.abort(new TunesmithError('cancelled', 'The training was cancelled.'));
        await live.ended;
        return {};
      }
      // A paused or interrupted one is given up for good.
      changeRun(store, run, { type: 'cancel', at: store.now() });
      changed();
      return {};
    },
    keep: async ({ run }, signal) => {
      if (live?.files.run === run) await pauseAndWait(live);
      try {
        await exclusively(() => keepRun(store, engine, run, signal));
      } finally {
        changed();
      }
      return {};
    },
    current: async () => ({ run: live?.files.run ?? null }),
    watch: ({ run }, signal) =>
      watchTraining(
        store,
        run,
        {
          topic: stepped,
          liveFacts: () => (live?.files.run === run ? live : null),
          stateOf: (state) => stranded.stateOf(run, state),
        },
        signal,
      ),
  };

  return {
    handlers,
    current: () => live?.files.run ?? null,
    secondsLeft: (run) => (live?.files.run === run && live.etaSeconds > 0 ? live.etaSeconds : null),
    pauseAndWait: async () => {
      await rehearsals.stop();
      stranded.stop();
      const at = live;
      if (at === undefined) return;
      await pauseAndWait(at);
      if (isActive(runState(store.db, at.files.run)))
        changeRun(store, at.files.run, { type: 'interrupt', at: store.now() });
    },
  };
}

function notGoingOn(): TunesmithError {
  return new TunesmithError('bad-request', 'This training is not going on now.');
}
