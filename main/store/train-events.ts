import { assertNever, TunesmithError } from '#common/domain/errors.ts';
import type { RunEvent, Trained } from '#common/domain/run.ts';
import type { TrainEvent, TrainEventOf } from '#common/domain/train-event.ts';
import { findArtifact, recordArtifact } from './artifacts.ts';
import { write, type Db } from './database.ts';
import { changeRun } from './runs.ts';
import type { Store } from './store.ts';

/**
 * Writes what a training run tells into the record: the figures and, where the event moves the run, its new
 * phase, in one transaction. Throws as `changeRun` does; nothing is written then.
 */
export function recordEvent(store: Store, run: string, event: TrainEvent): void {
  const { db } = store;
  write(db, () => {
    const at = store.now();
    // Every event goes through the run's owner check, also those that move nothing.
    const change = runEventOf(store, run, event, at);
    if (change !== undefined) changeRun(store, run, change);
    insert(store, run, event, at);
  });
}

function runEventOf(store: Store, run: string, event: TrainEvent, at: number): RunEvent | undefined {
  switch (event.type) {
    case 'start':
      return { type: 'start', at, update: event.update, totalUpdates: event.totalUpdates };
    case 'step':
      return { type: 'step', update: event.update };
    case 'checkpoint':
      return { type: 'checkpoint', update: event.update };
    case 'done':
      return event.outcome === 'paused'
        ? { type: 'pause', at }
        : { type: 'trained', trained: trained(store, run, event) };
    case 'evaluation':
    case 'answers':
    case 'sample':
    case 'notice':
    case 'artifact':
      return undefined;
    default:
      return assertNever(event, 'training event');
  }
}

/** The engine tells of the kept adapter before it says that it is done. */
function trained(store: Store, run: string, event: TrainEventOf<'done'>): Trained {
  const adapter = findArtifact(store.db, run, 'adapter');
  if (adapter === undefined) throw new TunesmithError('internal', `Run ${run} finished without an adapter.`);
  return {
    keptUpdate: event.keptUpdate ?? event.update,
    reason: event.reason,
    adapter: { path: adapter.path, bytes: adapter.bytes, sha256: adapter.sha256 },
  };
}

function insert(store: Store, run: string, event: TrainEvent, at: number): void {
  const { db } = store;
  switch (event.type) {
    case 'start':
      forgetAfter(db, run, event.update);
      db.prepare('UPDATE runs SET start = ? WHERE id = ?').run(JSON.stringify(event), run);
      return;
    case 'step':
      db.prepare('INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        run,
        event.update,
        event.epoch,
        event.loss,
        event.learningRate,
        event.gradientNorm,
        event.tokens,
        event.tokensPerSecond,
        Math.round(event.residentBytes),
        at,
      );
      return;
    case 'evaluation':
      db.prepare('INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?, ?, ?)').run(
        run,
        event.update,
        event.heldOutLoss,
        event.tokenAccuracy,
        event.learnedTokens,
      );
      return;
    case 'answers':
      db.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)').run(
        run,
        event.update,
        event.passed,
        event.of,
        event.stopped,
      );
      return;
    case 'sample':
      db.prepare(
        'INSERT INTO samples (run, "update", prompt, answer, expected, passed, stopped) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ).run(
        run,
        event.update,
        event.prompt,
        event.answer,
        event.expected ?? null,
        event.passed === undefined ? null : Number(event.passed),
        Number(event.stopped),
      );
      return;
    case 'notice':
      db.prepare('INSERT INTO notices (run, "update", code, message, at) VALUES (?, ?, ?, ?, ?)').run(
        run,
        event.update,
        event.code,
        event.message,
        at,
      );
      return;
    case 'artifact':
      recordArtifact(store, run, event);
      return;
    case 'checkpoint':
    case 'done':
      return;
    default:
      assertNever(event, 'training event');
  }
}

/** A resumed run goes on from its checkpoint: what an earlier process did after it never became part of the result. */
function forgetAfter(db: Db, run: string, update: number): void {
  for (const table of ['steps', 'evaluations', 'answers', 'samples']) {
    db.prepare(`DELETE FROM ${table} WHERE run = ? AND "update" > ?`).run(run, update);
  }
}
