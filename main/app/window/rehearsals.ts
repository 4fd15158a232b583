import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Rehearsal } from '#common/contract/engine.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { rehearse, splitForTraining, type Plan } from '../../features/training/prepare.ts';
import type { Context } from './context.ts';

interface Subject {
  readonly base: { readonly path: string };
  readonly datasetPath: string;
  readonly plan: Plan;
}

/** One rehearsal at a time: a newer one, or a training, ends the one before and waits for its end. */
export class Rehearsals {
  readonly #context: Context;
  #going: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;
  /** Counts what was asked for: who waited for an end, and is not the newest by then, gives way as well. */
  #newest = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** `plan` belongs to it: while it is made, the rehearsal goes on already. */
  async run(plan: (signal: AbortSignal) => Promise<Subject>, signal: AbortSignal): Promise<Rehearsal> {
    this.#newest += 1;
    const own = this.#newest;
    await this.#endGoing();
    signal.throwIfAborted();
    if (own !== this.#newest) throw givenWay();
    const stop = new AbortController();
    const work = this.#rehearse(plan, AbortSignal.any([signal, stop.signal]));
    const going = { stop, ended: work.catch(() => undefined) };
    this.#going = going;
    try {
      return await work;
    } finally {
      if (this.#going === going) this.#going = undefined;
    }
  }

  /** Ends the one that goes on, and those that wait for its end. */
  async stop(): Promise<void> {
    this.#newest += 1;
    await this.#endGoing();
  }

  async #endGoing(): Promise<void> {
    while (this.#going !== undefined) {
      const going = this.#going;
      going.stop.abort(givenWay());
      await going.ended;
      if (this.#going === going) this.#going = undefined;
    }
  }

  async #rehearse(makePlan: (signal: AbortSignal) => Promise<Subject>, signal: AbortSignal): Promise<Rehearsal> {
    const { base, datasetPath, plan } = await makePlan(signal);
    signal.throwIfAborted();
    const { layout, workEngine } = this.#context;
    const stem = path.join(layout.tmp, `rehearsal-${randomUUID()}`);
    const files = { trainPath: `${stem}.train.jsonl`, heldOutPath: `${stem}.held-out.jsonl` };
    const { recipe } = plan;
    try {
      const { trainPath, heldOutPath } = await splitForTraining(datasetPath, recipe, files, signal);
      const input = { basePath: base.path, recipe, trainPath };
      return await rehearse(workEngine, heldOutPath === null ? input : { ...input, heldOutPath }, signal);
    } finally {
      for (const file of Object.values(files)) await rm(file, { force: true });
    }
  }
}

function givenWay(): TunesmithError {
  return new TunesmithError('cancelled', 'The rehearsal was stopped for something newer.', { retryable: true });
}
