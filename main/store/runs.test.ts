import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TunesmithError } from '#common/domain/errors.ts';
import { isRunId } from '#common/domain/run-id.ts';
import { datasetFile, runFolder } from '../services/paths.ts';
import { addRun, baseSha256, openTestStore, temporaryDataFolder } from '../../tests/support/record.ts';
import { adapterEvent, startEvent, stepEvent } from '../../tests/support/record-events.ts';
import {
  artifactsOf,
  findArtifact,
  forgetInstalledModel,
  installedModels,
  recordArtifact,
  saveInstalledModel,
} from './artifacts.ts';
import { findBase, knownHash, rememberHash } from './bases.ts';
import { findDataset } from './datasets.ts';
import { deleteRun } from './delete-run.ts';
import { comparisonsOf, figuresOf, reportsOf, samplesOf, saveComparisons, saveReport } from './figures.ts';
import { recipeHash } from './recipes.ts';
import { compareRuns, listRuns, runDetail } from './run-queries.ts';
import { changeRun, createRun, recordFailure, resolveRunId, runState } from './runs.ts';
import type { Store } from './store.ts';
import { recordEvent } from './train-events.ts';

let layout: ReturnType<typeof temporaryDataFolder>;
let store: Store;
beforeEach(() => {
  layout = temporaryDataFolder();
  store = openTestStore(layout);
});
afterEach(() => {
  store[Symbol.dispose]();
  layout[Symbol.dispose]();
});

/** A run that has been trained to its end; its adapter is on the disk. */
function trainedRun(): string {
  const { id } = addRun(store);
  const folder = runFolder(layout, id);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'adapter.gguf'), 'adapter here');
  changeRun(store, id, { type: 'prepare', at: 1 });
  recordEvent(store, id, startEvent(0, 3));
  recordEvent(store, id, { type: 'evaluation', update: 0, heldOutLoss: 3.1, tokenAccuracy: 0.4, learnedTokens: 40 });
  for (const update of [1, 2, 3]) recordEvent(store, id, stepEvent(update));
  recordEvent(store, id, { type: 'evaluation', update: 3, heldOutLoss: 1.2, tokenAccuracy: 0.7, learnedTokens: 40 });
  recordEvent(store, id, { type: 'answers', update: 3, passed: 3, of: 4, stopped: 4 });
  recordEvent(store, id, adapterEvent(path.join(folder, 'adapter.gguf')));
  recordEvent(store, id, { type: 'done', update: 3, outcome: 'finished', keptUpdate: 3, reason: 'best answers' });
  return id;
}

describe('a run', () => {
  test('is created with all that decides it', () => {
    const { id, dataset } = addRun(store);
    expect(isRunId(id)).toBe(true);
    const detail = runDetail(store.db, id);
    expect(detail).toMatchObject({
      id,
      title: 'Lessons',
      seed: 42,
      engineBuild: 'test',
      state: { phase: 'queued' },
      recipe: { preset: 'balanced', rank: 16 },
      base: { name: 'tiny.gguf', sha256: baseSha256 },
      dataset: { sha256: dataset, examples: 40, sources: [{ path: '/home/ada/notes/lessons.txt' }] },
      start: null,
    });
    expect(detail.recipeSha256).toBe(recipeHash(detail.recipe));
    expect(existsSync(datasetFile(layout, dataset))).toBe(true);
    expect(existsSync(path.join(layout.tmp, 'new.jsonl'))).toBe(false);
  });

  test('needs a base and a data set that are known', () => {
    const { id } = addRun(store);
    const { recipe } = runDetail(store.db, id);
    const unknown = { title: 'x', base: 'f'.repeat(64), dataset: 'f'.repeat(64), recipe, engineBuild: 'test' };
    expect(() => createRun(store, unknown)).toThrowError(/FOREIGN KEY/);
    expect(listRuns(store.db)).toHaveLength(1);
  });

  test('goes through its phases with its figures', () => {
    const id = trainedRun();
    expect(runState(store.db, id)).toMatchObject({
      phase: 'training',
      progress: { update: 3, trained: { keptUpdate: 3, adapter: { path: 'adapter.gguf', bytes: 11 } } },
    });
    changeRun(store, id, { type: 'quantize', at: 5, quant: 'Q8_0' });
    recordArtifact(store, id, {
      kind: 'quantized',
      path: '/somewhere/else/model-Q8_0.gguf',
      bytes: 50,
      sha256: 'e'.repeat(64),
      quant: 'Q8_0',
    });
    changeRun(store, id, { type: 'finish', at: 6 });
    expect(listRuns(store.db)).toMatchObject([
      {
        id,
        base: 'tiny.gguf',
        preset: 'balanced',
        examples: 40,
        state: { phase: 'done' },
        heldOutLoss: 1.2,
        answers: { passed: 3, of: 4, stopped: 4 },
        before: { heldOutLoss: 3.1, answers: null },
        artifactBytes: 61,
        installedAs: [],
      },
    ]);
    const report = { subject: 'base', examples: 4, learnedTokens: 40, loss: 3.1, tokenAccuracy: 0.4 };
    saveReport(store.db, id, { ...report, passed: 1, of: 4, stopped: 0 }, 7);
    expect(listRuns(store.db)[0]?.before.answers).toEqual({ passed: 1, of: 4, stopped: 0 });
    expect(listRuns(store.db)[0]?.loss).toBeCloseTo(2 / 3);
    expect(findArtifact(store.db, id, 'quantized', 'Q8_0')?.path).toBe('/somewhere/else/model-Q8_0.gguf');
    expect(findArtifact(store.db, id, 'quantized', 'Q4_0')).toBeUndefined();
    const { steps, evaluations, answers } = figuresOf(store.db, id);
    expect(steps).toHaveLength(3);
    expect(steps[0]).toMatchObject({
      update: 1,
      loss: 2,
      learningRate: 1e-3,
      tokensPerSecond: 300,
      residentBytes: 5e8,
    });
    expect(evaluations.filter(({ update }) => update > 0)).toEqual([
      { update: 3, heldOutLoss: 1.2, tokenAccuracy: 0.7, learnedTokens: 40 },
    ]);
    expect(answers).toEqual([{ update: 3, passed: 3, of: 4, stopped: 4 }]);
  });

  test('an event that is refused writes nothing at all', () => {
    const { id } = addRun(store);
    expect(() => recordEvent(store, id, stepEvent(1))).toThrowError(/cannot be trained further/);
    expect(figuresOf(store.db, id).steps).toEqual([]);
    expect(() => recordEvent(store, '261123-000000-zzz', stepEvent(1))).toThrowError(
      expect.objectContaining({ code: 'run-not-found' }),
    );
  });

  test('pausing and resuming forgets what came after the checkpoint', () => {
    const { id } = addRun(store);
    changeRun(store, id, { type: 'prepare', at: 1 });
    recordEvent(store, id, startEvent(0, 10));
    const sample = { type: 'sample', prompt: 'q', answer: 'a', stopped: true } as const;
    for (const update of [1, 2, 3, 4, 5]) {
      recordEvent(store, id, stepEvent(update));
      recordEvent(store, id, { ...sample, update });
    }
    recordEvent(store, id, { type: 'checkpoint', update: 3, path: 'c', bytes: 1 });
    recordEvent(store, id, { type: 'done', update: 5, outcome: 'paused', reason: 'asked' });
    expect(runState(store.db, id)).toMatchObject({ phase: 'paused', progress: { update: 5, checkpoint: 3 } });
    changeRun(store, id, { type: 'resume', at: 2 });
    recordEvent(store, id, startEvent(3, 10));
    expect(figuresOf(store.db, id).steps.map((step) => step.update)).toEqual([1, 2, 3]);
    expect(samplesOf(store.db, id)).toHaveLength(3);
    recordEvent(store, id, stepEvent(4, 0.25));
    // A roll-back inside one process repeats numbers: the newer figure stands.
    recordEvent(store, id, stepEvent(3, 0.5));
    expect(figuresOf(store.db, id).steps.map((step) => step.loss)).toEqual([2, 1, 0.5, 0.25]);
    expect(runDetail(store.db, id).start).toMatchObject({ update: 3, device: 'CPU' });
  });

  test('keeps samples, notices, reports and comparisons as they were', () => {
    const id = trainedRun();
    changeRun(store, id, { type: 'fail', at: 4, failure: { code: 'internal', message: 'x', retryable: false } });
    expect(samplesOf(store.db, id)).toEqual([]);
    const report = { subject: 'Q8_0', examples: 4, learnedTokens: 40, loss: 1, tokenAccuracy: 0.5 };
    saveReport(store.db, id, report, 1);
    saveReport(store.db, id, { ...report, subject: 'base', passed: 0, of: 4, stopped: 0 }, 0);
    expect(reportsOf(store.db, id)).toEqual([{ ...report, subject: 'base', passed: 0, of: 4, stopped: 0 }, report]);
    saveComparisons(store.db, id, [{ prompt: 'a', base: 'b', tuned: 'c' }], 1);
    saveComparisons(store.db, id, [{ prompt: 'ä\n', base: '', tuned: '\u0000' }], 2);
    expect(comparisonsOf(store.db, id)).toEqual([{ prompt: 'ä\n', base: '', tuned: '\u0000' }]);
  });

  test('a failure is recorded once, and only while the run is at work', () => {
    const { id } = addRun(store);
    const thrown = new TunesmithError('disk-full', 'No room.', { advice: 'Free some.', retryable: true });
    expect(recordFailure(store, id, thrown)).toMatchObject({
      phase: 'failed',
      during: 'queued',
      failure: { code: 'disk-full', message: 'No room.', advice: 'Free some.', retryable: true },
    });
    expect(recordFailure(store, id, new Error('later'))).toMatchObject({ failure: { message: 'No room.' } });
    const other = addRun(store);
    expect(recordFailure(store, other.id, new DOMException('stop', 'AbortError')).phase).toBe('cancelled');
  });

  test('is found by its id, the beginning or ending of it, or as the latest', () => {
    expect(() => resolveRunId(store.db, 'latest')).toThrowError(expect.objectContaining({ code: 'run-not-found' }));
    const { id } = addRun(store);
    for (const text of [id, id.slice(-3), id.slice(0, 10), ` ${id.toUpperCase()} `, 'latest']) {
      expect(resolveRunId(store.db, text)).toBe(id);
    }
    for (const text of ['', '%', '_', 'ooo', `${id}x`]) {
      expect(() => resolveRunId(store.db, text)).toThrowError(expect.objectContaining({ code: 'run-not-found' }));
    }
    addRun(store);
    expect(() => resolveRunId(store.db, id.slice(0, 4))).toThrowError(/could be several runs/);
  });
});

test('two runs are compared knob by knob', () => {
  const a = trainedRun();
  const { recipe, dataset } = runDetail(store.db, a);
  const b = createRun(store, {
    title: 'b',
    base: baseSha256,
    dataset: dataset.sha256,
    recipe: { ...recipe, rank: 8, seed: 7 },
    engineBuild: 'test',
  });
  expect(compareRuns(store.db, a, b)).toEqual({
    sameBase: true,
    sameDataset: true,
    recipe: [
      { knob: 'seed', a: 42, b: 7 },
      { knob: 'rank', a: 16, b: 8 },
    ],
    a: {
      id: a,
      lowestHeldOutLoss: 1.2,
      bestTokenAccuracy: 0.7,
      answers: { passed: 3, of: 4 },
      trainingMs: expect.any(Number),
    },
    b: { id: b, lowestHeldOutLoss: null, bestTokenAccuracy: null, answers: null, trainingMs: 0 },
  });
});

test('a recipe has one hash, whatever the order of its keys', () => {
  const { id } = addRun(store);
  const { recipe } = runDetail(store.db, id);
  const turned = Object.fromEntries(Object.entries(recipe).toReversed()) as typeof recipe;
  expect(recipeHash(turned)).toBe(recipeHash(recipe));
  expect(recipeHash({ ...recipe, seed: 1 })).not.toBe(recipeHash(recipe));
});

test('installed models: one per name and server, gone with forget', () => {
  const id = trainedRun();
  const model = { name: 'mine', runId: id, sha256: 'e'.repeat(64), server: 'http://127.0.0.1:11434', installedAt: 1 };
  saveInstalledModel(store.db, model);
  saveInstalledModel(store.db, { ...model, quant: 'Q8_0', installedAt: 2, parity: { agrees: true } });
  expect(installedModels(store.db, id)).toEqual([
    { ...model, quant: 'Q8_0', installedAt: 2, parity: { agrees: true } },
  ]);
  expect(listRuns(store.db)[0]?.installedAs).toEqual(['mine']);
  forgetInstalledModel(store.db, model.server, 'mine');
  expect(installedModels(store.db)).toEqual([]);
});

test('a hash is only reused for an unchanged file', () => {
  const file = { path: '/models/tiny.gguf', bytes: 5, modifiedAt: 1000 };
  rememberHash(store.db, file, 'a'.repeat(64));
  expect(knownHash(store.db, file)).toBe('a'.repeat(64));
  expect(knownHash(store.db, { ...file, modifiedAt: 1001 })).toBeUndefined();
  expect(knownHash(store.db, { ...file, bytes: 6 })).toBeUndefined();
  expect(findBase(store.db, 'a'.repeat(64))).toBeUndefined();
});

describe('deleteRun', () => {
  test('frees the folder and the data set, keeps what is elsewhere', async () => {
    const id = trainedRun();
    changeRun(store, id, { type: 'finish', at: 6 });
    const outside = path.join(layout.root, 'out.gguf');
    writeFileSync(outside, 'model');
    recordArtifact(store, id, { kind: 'quantized', path: outside, bytes: 5, sha256: 'e'.repeat(64) });
    const model = { name: 'mine', runId: id, sha256: 'e'.repeat(64), server: 'http://127.0.0.1:1', installedAt: 1 };
    saveInstalledModel(store.db, model);
    // A link inside must be removed, not what it points to.
    symlinkSync(outside, path.join(runFolder(layout, id), 'link'));
    const dataset = runDetail(store.db, id).dataset;
    expect(await deleteRun(store, id)).toEqual({
      freedBytes: 'adapter here'.length + dataset.bytes,
      keptFiles: [outside],
      stillInstalled: ['mine'],
    });
    expect(existsSync(runFolder(layout, id))).toBe(false);
    expect(existsSync(datasetFile(layout, dataset.sha256))).toBe(false);
    expect(readFileSync(outside, 'utf8')).toBe('model');
    expect(findDataset(store.db, dataset.sha256)).toBeUndefined();
    expect(listRuns(store.db)).toEqual([]);
    for (const table of ['steps', 'evaluations', 'answers', 'samples', 'artifacts', 'installed_models', 'recipes']) {
      expect(store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
    }
    await expect(deleteRun(store, id)).rejects.toMatchObject({ code: 'run-not-found' });
  });

  test('keeps a data set that another run uses', async () => {
    const first = addRun(store);
    const second = addRun(store);
    expect(second.dataset).toBe(first.dataset);
    for (const { id } of [first, second]) changeRun(store, id, { type: 'cancel', at: 1 });
    expect(await deleteRun(store, first.id)).toMatchObject({ freedBytes: 0 });
    expect(existsSync(datasetFile(layout, first.dataset))).toBe(true);
    expect((await deleteRun(store, second.id)).freedBytes).toBeGreaterThan(0);
    expect(existsSync(datasetFile(layout, first.dataset))).toBe(false);
  });

  test('refuses a run at work and a name that is no run', async () => {
    const { id } = addRun(store);
    await expect(deleteRun(store, id)).rejects.toMatchObject({ code: 'run-busy' });
    expect(runState(store.db, id).phase).toBe('queued');
    await expect(deleteRun(store, '..')).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('what a crash left of a deletion is put right at the next start', () => {
    const id = trainedRun();
    const gone = '261123-000000-zzz';
    const dead = '1-0123456789ab';
    renameSync(runFolder(layout, id), path.join(layout.tmp, `deleted-${id}-${dead}`));
    mkdirSync(path.join(layout.tmp, `deleted-${gone}-${dead}`));
    mkdirSync(path.join(layout.tmp, `deleted-${gone}-${store.owner}`));
    writeFileSync(path.join(layout.tmp, 'other'), '');
    openTestStore(layout)[Symbol.dispose]();
    expect(existsSync(path.join(runFolder(layout, id), 'adapter.gguf'))).toBe(true);
    expect(readdirSync(layout.tmp).toSorted()).toEqual([`deleted-${gone}-${store.owner}`, 'other']);
  });
});

test('artifacts of a run are listed, relative to its folder', () => {
  const id = trainedRun();
  recordArtifact(store, id, {
    kind: 'merged',
    path: path.join(runFolder(layout, id), 'models', 'm.gguf'),
    bytes: 1,
    sha256: 'f'.repeat(64),
  });
  expect(artifactsOf(store.db, id).map((artifact) => artifact.path)).toEqual(['adapter.gguf', 'models/m.gguf']);
});
