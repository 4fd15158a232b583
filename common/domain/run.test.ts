import { describe, expect, test } from 'vitest';
import { TunesmithError } from './errors.ts';
import { advance, allows } from './run-advance.ts';
import { isRunId, newRunId } from './run-id.ts';
import {
  activePhases,
  canResume,
  isActive,
  queued,
  restingPhases,
  runStateSchema,
  trainedOf,
  type RunEvent,
  type RunState,
  type Trained,
} from './run.ts';

const trained: Trained = {
  keptUpdate: 90,
  reason: 'best answers',
  adapter: { path: 'adapter.gguf', bytes: 10, sha256: 'a'.repeat(64) },
};
const half = { update: 40, totalUpdates: 100, checkpoint: 32, trained: null };
const full = { update: 100, totalUpdates: 100, checkpoint: 100, trained };
const failure = { code: 'disk-full', message: 'No room.', retryable: true } as const;

/** Every situation that the table has to tell apart: the phase, and whether the adapter is there. */
const situations: Record<string, RunState> = {
  queued: queued(1),
  preparing: { phase: 'preparing', at: 1, progress: null },
  training: { phase: 'training', at: 1, progress: half },
  'training, done learning': { phase: 'training', at: 1, progress: full },
  quantizing: { phase: 'quantizing', at: 1, progress: full, quant: 'Q8_0' },
  installing: { phase: 'installing', at: 1, progress: full, name: 'mine' },
  comparing: { phase: 'comparing', at: 1, progress: full },
  paused: { phase: 'paused', at: 1, progress: half },
  done: { phase: 'done', at: 1, progress: full },
  'failed in training': { phase: 'failed', at: 1, progress: half, during: 'training', failure },
  'failed in installing': { phase: 'failed', at: 1, progress: full, during: 'installing', failure },
  'cancelled in training': { phase: 'cancelled', at: 1, progress: half, during: 'training' },
  'cancelled in quantizing': { phase: 'cancelled', at: 1, progress: full, during: 'quantizing' },
  'interrupted in training': { phase: 'interrupted', at: 1, progress: half, during: 'training' },
  'interrupted in comparing': { phase: 'interrupted', at: 1, progress: full, during: 'comparing' },
};

const events: Record<RunEvent['type'], RunEvent> = {
  prepare: { type: 'prepare', at: 2 },
  resume: { type: 'resume', at: 2 },
  start: { type: 'start', at: 2, update: 32, totalUpdates: 100 },
  step: { type: 'step', update: 41 },
  checkpoint: { type: 'checkpoint', update: 40 },
  trained: { type: 'trained', trained },
  pause: { type: 'pause', at: 2 },
  quantize: { type: 'quantize', at: 2, quant: 'Q4_K_M' },
  install: { type: 'install', at: 2, name: 'mine' },
  compare: { type: 'compare', at: 2 },
  finish: { type: 'finish', at: 2 },
  fail: { type: 'fail', at: 2, failure },
  cancel: { type: 'cancel', at: 2 },
  interrupt: { type: 'interrupt', at: 2 },
};

const stop = { fail: 'failed', interrupt: 'interrupted', cancel: 'cancelled' };
const next = { quantize: 'quantizing', install: 'installing', compare: 'comparing' };

/** The whole table: what is not listed is refused. */
const table: Record<string, Partial<Record<RunEvent['type'], string>>> = {
  queued: { prepare: 'preparing', ...stop },
  preparing: { start: 'training', pause: 'paused', ...stop },
  training: { step: 'training', checkpoint: 'training', trained: 'training', pause: 'paused', ...stop },
  'training, done learning': { finish: 'done', ...next, ...stop },
  quantizing: { finish: 'done', ...next, ...stop },
  installing: { finish: 'done', ...next, ...stop },
  comparing: { finish: 'done', ...next, ...stop },
  paused: { resume: 'preparing', cancel: 'cancelled' },
  done: { ...next },
  'failed in training': { resume: 'preparing' },
  'failed in installing': { ...next },
  'cancelled in training': { resume: 'preparing' },
  'cancelled in quantizing': { ...next },
  'interrupted in training': { resume: 'preparing' },
  'interrupted in comparing': { ...next },
};

describe('advance', () => {
  test('the situations cover every phase', () => {
    const phases = new Set(Object.values(situations).map((state) => state.phase));
    expect([...phases].toSorted()).toEqual([...activePhases, ...restingPhases].toSorted());
    for (const state of Object.values(situations)) expect(runStateSchema.parse(state)).toEqual(state);
  });

  for (const [name, state] of Object.entries(situations)) {
    for (const event of Object.values(events)) {
      const expected = table[name]?.[event.type];
      test(`${name} + ${event.type} -> ${expected ?? 'refused'}`, () => {
        const before = structuredClone(state);
        expect(allows(state, event)).toBe(expected !== undefined);
        if (expected === undefined) {
          expect(() => advance(state, event)).toThrowError(TunesmithError);
        } else {
          const after = advance(state, event);
          expect(after.phase).toBe(expected);
          expect(runStateSchema.parse(after)).toEqual(after);
        }
        expect(state).toEqual(before);
      });
    }
  }

  test('nothing learned is ever forgotten on the way', () => {
    const happy: RunEvent[] = [events.prepare, { type: 'start', at: 3, update: 0, totalUpdates: 2 }];
    const steps: RunEvent[] = [
      { type: 'step', update: 1 },
      { type: 'checkpoint', update: 1 },
      { type: 'step', update: 2 },
      { type: 'trained', trained: { ...trained, keptUpdate: 2 } },
      events.quantize,
      events.install,
      events.fail,
      events.install,
      events.finish,
    ];
    let state: RunState = queued(0);
    for (const event of [...happy, ...steps]) state = advance(state, event);
    expect(state).toEqual({
      phase: 'done',
      at: 2,
      progress: { update: 2, totalUpdates: 2, checkpoint: 1, trained: { ...trained, keptUpdate: 2 } },
    });
  });

  test('a run that was interrupted goes on from its checkpoint', () => {
    const resumed = advance(situations['interrupted in training'] as RunState, events.resume);
    expect(resumed.progress).toEqual(half);
    expect(advance(resumed, events.start).progress).toEqual({ ...half, update: 32, checkpoint: 32 });
  });

  test('numbers beyond the end are refused', () => {
    const training = situations['training'] as RunState;
    expect(() => advance(training, { type: 'step', update: 101 })).toThrowError(/cannot/);
    expect(() => advance(training, { type: 'checkpoint', update: 101 })).toThrowError(/cannot/);
    const preparing = situations['preparing'] as RunState;
    expect(() => advance(preparing, { type: 'start', at: 2, update: 3, totalUpdates: 2 })).toThrowError(/cannot/);
  });

  test('a refusal says what stands in the way and what to do', () => {
    try {
      advance(situations['done'] as RunState, events.resume);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'bad-request',
        message: 'This run is finished and cannot be resumed now.',
        advice: expect.stringContaining('training is complete'),
      });
    }
  });

  test('canResume agrees with the table', () => {
    for (const [name, state] of Object.entries(situations)) {
      expect(canResume(state), name).toBe(table[name]?.resume !== undefined);
      expect(isActive(state), name).toBe(table[name]?.interrupt !== undefined);
    }
    expect(trainedOf(queued(0))).toBeNull();
  });
});

describe('newRunId', () => {
  test('sorts by time and is recognized', () => {
    const ids = [0, 1, 59, 60, 3600, 86_400, 31_536_000].map((seconds) =>
      newRunId(Date.UTC(2026, 10, 23) + seconds * 1000, () => 0.999),
    );
    expect(ids[0]).toBe('261123-000000-zzz');
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(isRunId(id)).toBe(true);
  });

  test('every sign of the alphabet is recognized', () => {
    for (let i = 0; i < 28; i += 1) expect(isRunId(newRunId(0, () => i / 28))).toBe(true);
    expect(isRunId('261123-000000-zzo')).toBe(false);
    expect(isRunId('../261123-000000-zzz')).toBe(false);
  });
});
