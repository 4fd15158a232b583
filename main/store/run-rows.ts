import { TunesmithError } from '#common/domain/errors.ts';
import { isActive, runStateSchema, type RunState } from '#common/domain/run.ts';
import type { Db } from './database.ts';

export interface RunRow {
  readonly state: RunState;
  readonly owner: string | null;
}

/** Where a run stands and who works on it. Throws `run-not-found`. */
export function readRunRow(db: Db, id: string): RunRow {
  const row = db
    .prepare<[string], { state: string; owner: string | null }>('SELECT state, owner FROM runs WHERE id = ?')
    .get(id);
  if (row === undefined) throw runNotFound(id);
  return { state: parseState(row.state), owner: row.owner };
}

export function parseState(json: string): RunState {
  return runStateSchema.parse(JSON.parse(json));
}

/** The phase is a column of its own for queries; both are only ever written here. */
export function writeRunState(db: Db, id: string, state: RunState, owner: string | null, at: number): void {
  db.prepare('UPDATE runs SET phase = ?, state = ?, owner = ?, updated_at = ? WHERE id = ?').run(
    state.phase,
    JSON.stringify(state),
    isActive(state) ? owner : null,
    at,
    id,
  );
}

export function runNotFound(id: string): TunesmithError {
  return new TunesmithError('run-not-found', `There is no run "${id}".`, {
    advice: 'List the runs with "tunesmith runs".',
  });
}
