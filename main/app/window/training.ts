import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { AppContract } from '#common/contract/app/app.ts';
import type { Plan as PlanShape, TrainingUpdate } from '#common/contract/app/training.ts';
import type { Handlers } from '#common/contract/define.ts';
import { formatCheckSpec } from '#common/domain/check.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { CheckSpec, Recipe } from '#common/domain/recipe.ts';
import { isActive } from '#common/domain/run.ts';
import { resolveBase } from '../../features/models/resolve-base.ts';
import { beginRun, reopenRun } from '../../features/training/begin.ts';
import { planTraining, rehearse, splitForTraining } from '../../features/training/prepare.ts';
import { pauseRun, trainRun, type TrainingFiles } from '../../features/training/train.ts';
import type { PresetName, RecipeOverrides } from '../../services/recipes/presets.ts';
import { Topic, watchTopic } from '../../services/watch/topic.ts';
import { samplesOf } from '../../store/figures.ts';
import { runDetail } from '../../store/run-queries.ts';
import { changeRun, runState } from '../../store/runs.ts';
import { allowedChecks } from './allowed-checks.ts';
import { baseOf, type Context } from './context.ts';
import { adoptExamples } from './adopt.ts';
import { knobs } from './knobs.ts';

/** The training that this process is at work on. One at a time: two would each be slower than one after the other. */
interface Live {
  readonly files: TrainingFiles;
  readonly stop: AbortController;
  /** Seconds left, by the newest step. */
  etaSeconds: number;
  savedAt: number | null;
  /** Grows when a resumed training takes updates back: who watches begins anew. */
  generation: number;
  ended: Promise<void>;
}

export interface Training {
  readonly handlers: Handlers<AppContract['training']>;
  /** The run that is being trained now. */
  readonly current: () => string | null;
  /** Pauses what is going on and waits for it: before the app ends. */
  readonly pauseAndWait: () => Promise<void>;
}

export function openTraining(context: Context): Training {
  const { store, engine, workEngine, drafts, examples, runsChanged } = context;
  const checks = allowedChecks(context.layout);
  /** Told of every event of a training, of whichever run. The record is also looked at now and then: another Tunesmith may work on a run. */
  const stepped = new Topic();
  let live: Live | undefined;
  let starting = false;

  async function planned(
    input: { draft: string; preset: PresetName; overrides: RecipeOverrides },
    signal: AbortSignal,
  ) {
    const draft = drafts.get(input.draft);
    const base = await resolveBase(baseOf(draft), context, signal);
    const { path: datasetPath } = await examples.file(input.draft);
    const { preset, overrides } = input;
    const plan = await planTraining(engine, { basePath: base.path, datasetPath, preset, overrides }, signal);
    return { base, plan, datasetPath, draft };
  }

  function requireAllowed(check: CheckSpec): void {
    if (checks.isAllowed(check)) return;
    throw new TunesmithError('check-not-allowed', `The program “${formatCheckSpec(check)}” would judge the answers.`, {
      advice: 'Look at it and allow it first: it runs with your rights.',
    });
  }

  function requireIdle(): void {
    if (live === undefined && !starting) return;
    throw new TunesmithError('run-busy', 'Another training is going on.', {
      advice: 'Wait for it, or pause it first.',
      retryable: true,
    });
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
      stepped.changed();
      runsChanged.changed();
    });
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
    } catch {
      // trainRun wrote it into the record before it threw.
    }
  }

  const handlers: Handlers<AppContract['training']> = {
    knobs: async () => [...knobs],
    presets: async ({ draft }, signal) => {
      const { overrides } = drafts.get(draft);
      const planFor = async (preset: PresetName) => shapeOf((await planned({ draft, preset, overrides }, signal)).plan);
      return {
        quick: await planFor('quick'),
        balanced: await planFor('balanced'),
        thorough: await planFor('thorough'),
      };
    },
    plan: async (order, signal) => shapeOf((await planned(order, signal)).plan),
    rehearse: async (order, signal) => {
      requireIdle();
      const { base, plan, datasetPath } = await planned(order, signal);
      const stem = path.join(context.layout.tmp, `rehearsal-${randomUUID()}`);
      const files = { trainPath: `${stem}.train.jsonl`, heldOutPath: `${stem}.held-out.jsonl` };
      try {
        const { trainPath, heldOutPath } = await splitForTraining(datasetPath, plan.recipe, files, signal);
        const input = { basePath: base.path, recipe: plan.recipe, trainPath };
        return await rehearse(workEngine, heldOutPath === null ? input : { ...input, heldOutPath }, signal);
      } finally {
        for (const file of Object.values(files)) await rm(file, { force: true });
      }
    },
    checkStatus: async ({ check }) => ({ allowed: checks.isAllowed(check), words: formatCheckSpec(check) }),
    allowCheck: async ({ check }) => {
      checks.allow(check);
      return {};
    },
    tryCheck: async ({ check, expected, answer }, signal) => {
      requireAllowed(check);
      const [verdict] = await engine.check({ check, answers: [{ prompt: '', expected, answer }] }, signal);
      return verdict ?? { passed: false };
    },
    start: async (order, signal) => {
      requireAllowed(order.check);
      requireIdle();
      starting = true;
      try {
        const { check } = order;
        const { base, plan, draft } = await planned({ ...order, overrides: { ...order.overrides, check } }, signal);
        const dataset = await adoptExamples(context, order.draft);
        const title = order.title ?? (draft.title === '' ? `My examples on ${path.basename(base.name)}` : draft.title);
        const { engineBuild } = context;
        const { info, recipe } = plan;
        const input = { base, info, recipe, dataset, title, engineBuild, questions: order.questions };
        const files = await beginRun(store, input, signal);
        drafts.save(order.draft, { run: files.run });
        train(files);
        return { run: files.run };
      } finally {
        starting = false;
      }
    },
    resume: async ({ run }, signal) => {
      requireIdle();
      starting = true;
      try {
        requireAllowed(runDetail(store.db, run).recipe.check);
        train(await reopenRun(store, run, signal));
        return {};
      } finally {
        starting = false;
      }
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
      runsChanged.changed();
      return {};
    },
    current: async () => ({ run: live?.files.run ?? null }),
    watch: ({ run }, signal) => watch(run, signal),
  };

  async function* watch(run: string, signal: AbortSignal): AsyncGenerator<TrainingUpdate> {
    let told: Extract<TrainingUpdate, { type: 'snapshot' }> | undefined;
    let toldGeneration = 0;
    let sequence = 0;
    const look = () => ({ snapshot: snapshotOf(run), generation: live?.files.run === run ? live.generation : 0 });
    for await (const { snapshot, generation } of watchTopic(stepped, look, signal, { pollMs: 2000 })) {
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

  function snapshotOf(run: string): Extract<TrainingUpdate, { type: 'snapshot' }> {
    const detail = runDetail(store.db, run);
    const { figures, state } = detail;
    const at = live?.files.run === run ? live : undefined;
    const last = figures.steps.length - 1;
    return {
      type: 'snapshot',
      sequence: 0,
      run,
      title: detail.title,
      recipe: detail.recipe,
      state,
      start: detail.start,
      lastSavedAt: at?.savedAt ?? ((state.progress?.checkpoint ?? null) === null ? null : detail.updatedAt),
      startedAt: detail.createdAt,
      live: at !== undefined,
      steps: figures.steps.map(({ at: _at, ...step }, index) => ({
        ...step,
        type: 'step' as const,
        etaSeconds: index === last ? (at?.etaSeconds ?? 0) : 0,
      })),
      evaluations: figures.evaluations.map((each) => ({ ...each, type: 'evaluation' as const })),
      answers: figures.answers.map((each) => ({ ...each, type: 'answers' as const })),
      samples: samplesOf(store.db, run).map((each) => ({ ...each, type: 'sample' as const })),
      notices: figures.notices.map(({ at: _at, ...each }) => ({ ...each, type: 'notice' as const })),
    };
  }

  return {
    handlers,
    current: () => live?.files.run ?? null,
    pauseAndWait: async () => {
      const at = live;
      if (at === undefined) return;
      await pauseRun(workEngine, at.files).catch(() => at.stop.abort());
      await at.ended;
      if (isActive(runState(store.db, at.files.run)))
        changeRun(store, at.files.run, { type: 'interrupt', at: store.now() });
    },
  };
}

type Snapshot = Extract<TrainingUpdate, { type: 'snapshot' }>;
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

function shapeOf({ recipe, measurement }: { recipe: Recipe; measurement: PlanShape['measurement'] }): PlanShape {
  const heldOutExamples = Math.round(measurement.examples * recipe.heldOut);
  const trainExamples = measurement.examples - heldOutExamples;
  const updates = Math.max(1, Math.ceil((trainExamples / recipe.batchSize) * recipe.epochs));
  return { recipe, measurement, trainExamples, heldOutExamples, updates };
}

function notGoingOn(): TunesmithError {
  return new TunesmithError('bad-request', 'This training is not going on now.');
}
