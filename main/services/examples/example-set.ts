import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  importedFileSchema,
  type Change,
  type ExamplesSummary,
  type Rejection,
} from '#common/contract/app/examples.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import type { Example, Message } from '#common/domain/example.ts';
import { acceptConversation } from '../importing/conversation.ts';

/** A file that examples came from, as it was when it was read. */
export const knownFileSchema = importedFileSchema
  .omit({ name: true })
  .extend({ sha256: z.string(), bytes: z.number() });
export type KnownFile = z.infer<typeof knownFileSchema>;

/** Everything that one step back brings back. Lists are never changed in place, so that old ones cost little. */
export interface SetState {
  readonly rows: readonly Example[];
  readonly files: readonly KnownFile[];
  readonly rejected: readonly Rejection[];
  readonly rejectedCount: number;
}

interface Step {
  readonly change: Change;
  readonly state: SetState;
}

const mostSteps = 50;

/** The examples of a draft while they are gathered and edited, with undo. Rows count from 1. */
export class ExampleSet {
  #state: SetState;
  #revision: number;
  readonly #undo: Step[] = [];
  readonly #redo: Step[] = [];

  constructor(state: SetState, revision = 0) {
    this.#state = state;
    this.#revision = revision;
  }

  get state(): SetState {
    return this.#state;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Makes `state` the current one; `change` says what undoing it would take back. */
  change(change: Change, state: Partial<SetState>): void {
    this.#undo.push({ change, state: this.#state });
    if (this.#undo.length > mostSteps) this.#undo.shift();
    this.#redo.length = 0;
    this.#set({ ...this.#state, ...state });
  }

  undo(): void {
    this.#step(this.#undo, this.#redo);
  }

  redo(): void {
    this.#step(this.#redo, this.#undo);
  }

  edit(row: number, messages: readonly Message[]): void {
    const old = this.row(row);
    const example: Example = { ...old, messages: accepted(messages) };
    this.change({ kind: 'edit', count: 1 }, { rows: this.#state.rows.with(row - 1, example) });
  }

  add(conversations: readonly (readonly Message[])[], at?: number): void {
    const { rows } = this.#state;
    const place = Math.min(at ?? rows.length + 1, rows.length + 1) - 1;
    const added = conversations.map((messages): Example => ({ messages: accepted(messages) }));
    this.change({ kind: 'add', count: added.length }, { rows: rows.toSpliced(place, 0, ...added) });
  }

  remove(numbers: readonly number[]): void {
    const gone = new Set(numbers);
    this.change(
      { kind: 'remove', count: gone.size },
      { rows: this.#state.rows.filter((_, index) => !gone.has(index + 1)) },
    );
  }

  removeFile(file: string): void {
    const { rows, files, rejected } = this.#state;
    const lost = rejected.filter((each) => each.file === file).length;
    this.change(
      { kind: 'remove-file', count: 1 },
      {
        rows: rows.filter(({ source }) => source?.file !== file),
        files: files.filter((each) => each.file !== file),
        rejected: rejected.filter((each) => each.file !== file),
        rejectedCount: this.#state.rejectedCount - lost,
      },
    );
  }

  row(row: number): Example {
    const found = this.#state.rows[row - 1];
    if (found === undefined) throw new TunesmithError('bad-request', `There is no row ${row}.`);
    return found;
  }

  summary(): ExamplesSummary {
    const { rows, files, rejectedCount } = this.#state;
    const counts = new Map<string, number>();
    for (const { source } of rows)
      if (source !== undefined) counts.set(source.file, (counts.get(source.file) ?? 0) + 1);
    return {
      revision: this.#revision,
      examples: rows.length,
      rejectedCount,
      undo: this.#undo.at(-1)?.change ?? null,
      redo: this.#redo.at(-1)?.change ?? null,
      files: files.map(({ sha256: _sha256, bytes: _bytes, ...file }) => ({
        ...file,
        name: file.file.split(/[\\/]/).at(-1) ?? file.file,
        examples: counts.get(file.file) ?? 0,
      })),
    };
  }

  #step(from: Step[], to: Step[]): void {
    const step = from.pop();
    if (step === undefined) return;
    to.push({ change: step.change, state: this.#state });
    this.#set(step.state);
  }

  #set(state: SetState): void {
    this.#state = state;
    this.#revision += 1;
  }
}

function accepted(messages: readonly Message[]): readonly Message[] {
  const result = acceptConversation(messages);
  if ('messages' in result) return result.messages;
  throw new TunesmithError('data-unusable', result.reason, { advice: 'Give a question and its answer.' });
}

/** SHA-256 of rows that came from no file. */
export function hashOfRows(rows: readonly Example[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(JSON.stringify(row.messages));
  return hash.digest('hex');
}
