import { afterEach, beforeEach, expect, test } from 'vitest';
import { addRun, openTestStore, temporaryDataFolder } from '../../../tests/support/record.ts';
import { startEvent, stepEvent } from '../../../tests/support/record-events.ts';
import { changeRun } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { recordEvent } from '../../store/train-events.ts';
import { lookOut, type LiveFacts } from './training-watch.ts';

let layout: ReturnType<typeof temporaryDataFolder>;
let store: Store;
let run: string;
let live: LiveFacts | null;
beforeEach(() => {
  layout = temporaryDataFolder();
  store = openTestStore(layout);
  run = addRun(store).id;
  changeRun(store, run, { type: 'prepare', at: 1 });
  live = { etaSeconds: 7, savedAt: null, generation: 1 };
  recordEvent(store, run, startEvent(0, 100));
  for (const update of [1, 2, 3]) recordEvent(store, run, stepEvent(update));
});
afterEach(() => {
  store[Symbol.dispose]();
  layout[Symbol.dispose]();
});

const looking = () => lookOut(store, run, { liveFacts: () => live, stateOf: (state) => state });
const stepsOf = (update: ReturnType<ReturnType<typeof looking>>) => update?.steps.map((step) => step.update);

test('first everything, then only what is new, and nothing where nothing is', () => {
  const look = looking();
  const first = look();
  expect(first).toMatchObject({ type: 'snapshot', sequence: 0, run, live: true });
  expect(stepsOf(first)).toEqual([1, 2, 3]);
  expect(look()).toBeNull();
  recordEvent(store, run, stepEvent(4));
  recordEvent(store, run, { type: 'sample', update: 4, prompt: 'a', answer: 'b', stopped: true });
  recordEvent(store, run, { type: 'sample', update: 4, prompt: 'c', answer: 'd', stopped: true });
  const second = look();
  expect(second).toMatchObject({ type: 'delta', sequence: 1, state: { progress: { update: 4 } } });
  expect(stepsOf(second)).toEqual([4]);
  expect(second?.steps[0]?.etaSeconds).toBe(7);
  expect(second?.samples.map(({ prompt }) => prompt)).toEqual(['a', 'c']);
  recordEvent(store, run, { type: 'sample', update: 4, prompt: 'e', answer: 'f', stopped: true });
  expect(look()?.samples.map(({ prompt }) => prompt)).toEqual(['e']);
  expect(look()).toBeNull();
});

test('what changes without a figure is told', () => {
  const look = looking();
  look();
  changeRun(store, run, { type: 'pause', at: 5 });
  live = null;
  const update = look();
  expect(update).toMatchObject({ type: 'delta', live: false, state: { phase: 'paused' } });
  expect(stepsOf(update)).toEqual([]);
});

test.each([
  // It may have got further than before until somebody looks.
  ['here', { etaSeconds: 7, savedAt: null, generation: 2 }, [2, 3, 4]],
  ['by another Tunesmith', null, [2]],
])('a run that was resumed %s from an older update begins anew', (_where, facts, updates) => {
  if (facts === null) live = null;
  const look = looking();
  look();
  live = facts;
  changeRun(store, run, { type: 'checkpoint', update: 1 });
  changeRun(store, run, { type: 'interrupt', at: 6 });
  changeRun(store, run, { type: 'resume', at: 7 });
  recordEvent(store, run, startEvent(1, 100));
  for (const update of updates) recordEvent(store, run, stepEvent(update));
  const update = look();
  expect(update).toMatchObject({ type: 'snapshot', sequence: 0 });
  expect(stepsOf(update)).toEqual([1, ...updates]);
});
