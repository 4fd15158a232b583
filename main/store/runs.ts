import { TunesmithError, toFailure } from '#common/domain/errors.ts';
import type { Recipe } from '#common/domain/recipe.ts';
import { newRunId } from '#common/domain/run-id.ts';
import { advance } from '#common/domain/run-advance.ts';
import { isActive, queued, type RunEvent, type RunState } from '#common/domain/run.ts';
import { read, write, type Db } from './database.ts';
import { saveRecipe } from './recipes.ts';
import { requireFree } from './run-owner.ts';
import { readRunRow, runNotFound, writeRunState } from './run-rows.ts';
import type { Store } from './store.ts';

export interface NewRun {
  /** In the person's words, e.g. the name of the data and the base. */
  readonly title: string;
  /** Hashes of a base and a data set that are in the record. */
  readonly base: string;
  readonly dataset: string;
  readonly recipe: Recipe;
  /** What computes: app version and llama.cpp release, e.g. `tunesmith 0.1.0, llama.cpp v0.5.0`. */
  readonly engineBuild: string;
}

/** Adds a run in phase `queued`, owned by this process. Returns its id. */
export function createRun(store: Store, run: NewRun): string {
  const { db, now } = store;
  return write(db, () => {
    const at = now();
    let id = newRunId(at, Math.random);
    const taken = db.prepare('SELECT 1 FROM runs WHERE id = ?');
    while (taken.get(id) !== undefined) id = newRunId(at, Math.random);
    const state = queued(at);
    db.prepare(
      `INSERT INTO runs (id, title, base, dataset, recipe, seed, engine_build, created_at, updated_at, phase, state, owner)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      id,
      run.title,
      run.base,
      run.dataset,
      saveRecipe(db, run.recipe),
      run.recipe.seed,
      run.engineBuild,
      at,
      at,
      state.phase,
      JSON.stringify(state),
      store.owner,
    );
    return id;
  });
}

/**
 * Moves a run to its next phase: read, decided and written in one transaction. From then on, while it is at work,
 * the run belongs to this process. Returns the new state.
 *
 * Throws `bad-request` where the event has no place in the phase, `run-busy` where another live process works on
 * the run, `run-not-found`.
 */
export function changeRun(store: Store, id: string, event: RunEvent): RunState {
  const { db, lockFolder, owner, now } = store;
  return write(db, () => {
    requireFree(db, lockFolder, owner, id, now());
    const next = advance(readRunRow(db, id).state, event);
    writeRunState(db, id, next, owner, now());
    return next;
  });
}

/** Marks a run as failed (or cancelled, where that is what the error says) if it is at work. For `catch` blocks. */
export function recordFailure(store: Store, id: string, thrown: unknown): RunState {
  const { code, message, advice, retryable } = toFailure(thrown);
  return write(store.db, () => {
    const { state } = readRunRow(store.db, id);
    if (!isActive(state)) return state;
    if (code === 'cancelled') return changeRun(store, id, { type: 'cancel', at: store.now() });
    const failure = { code, message, retryable, ...(advice === undefined ? {} : { advice }) };
    return changeRun(store, id, { type: 'fail', at: store.now(), failure });
  });
}

/** Where a run stands. Throws `run-not-found`. */
export function runState(db: Db, id: string): RunState {
  return read(db, () => readRunRow(db, id)).state;
}

/**
 * The id a person means: the whole id, its beginning or its ending where only one run has it, or `latest`.
 * Throws `run-not-found`, or `bad-request` with the candidates where several fit.
 */
export function resolveRunId(db: Db, text: string): string {
  return read(db, () => {
    if (text === 'latest') {
      const id = db
        .prepare<[], { id: string }>('SELECT id FROM runs ORDER BY created_at DESC, id DESC LIMIT 1')
        .get()?.id;
      if (id === undefined) throw runNotFound(text);
      return id;
    }
    const wanted = text.trim().toLowerCase();
    // No sign of a pattern gets through: ids hold none.
    if (!/^[0-9a-z-]+$/.test(wanted)) throw runNotFound(text);
    const ids = db
      .prepare<[string, string], { id: string }>('SELECT id FROM runs WHERE id LIKE ? OR id LIKE ? ORDER BY id')
      .all(`${wanted}%`, `%${wanted}`)
      .map((row) => row.id);
    const [first, ...others] = ids;
    if (first === undefined) throw runNotFound(text);
    if (others.length > 0) {
      throw new TunesmithError('bad-request', `"${text}" could be several runs: ${ids.slice(0, 5).join(', ')}.`, {
        advice: 'Give more of the id.',
      });
    }
    return first;
  });
}

/** Gives a run another title. Throws `run-not-found`. */
export function renameRun({ db, now }: Store, id: string, title: string): void {
  write(db, () => {
    const { changes } = db.prepare('UPDATE runs SET title = ?, updated_at = ? WHERE id = ?').run(title, now(), id);
    if (changes === 0) throw runNotFound(id);
  });
}
