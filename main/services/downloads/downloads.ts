import { statSync } from 'node:fs';
import path from 'node:path';
import { TunesmithError, toFailure, type Failure } from '#common/domain/errors.ts';
import { isAlive, takeProcessLock, type ProcessLock } from '../../store/process-lock.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { catalogueOf } from '../catalogue/catalogue.ts';
import type { ModelPlaces } from '../catalogue/local.ts';
import type { DataLayout } from '../paths.ts';
import { requireSpace } from '../storage/free-space.ts';
import { Topic } from '../watch/topic.ts';
import { AcceptedLicenses } from './licenses.ts';
import { lockFolder, partialOf, release } from './partial.ts';
import { Rate } from './rate.ts';
import { ongoing, resting, type UnfinishedDownload } from './state.ts';
import { removeFile, transfer, usualLimits, type Limits, type Progress } from './transfer.ts';

/** Where a downloadable model stands. */
export type DownloadState = UnfinishedDownload | { readonly phase: 'ready'; readonly bytes: number };

export interface DownloadsDeps {
  readonly places: ModelPlaces & { readonly layout: Pick<DataLayout, 'root' | 'models'> };
  /** Reads a file as a model. Throws in words where it is none. */
  readonly validate: (path: string, signal: AbortSignal) => Promise<void>;
  readonly limits?: Limits;
  /** Refuses where there is no room; a test with a tiny disk leaves it out. */
  readonly requireSpace?: typeof requireSpace;
  readonly now?: () => number;
}

const beginningOfModels = Buffer.from('GGUF', 'latin1');

interface Going {
  readonly stop: AbortController;
  readonly rate: Rate;
  progress: Progress;
  ended: Promise<void>;
}

/** The downloads of the catalogue's models: one at a time for each. They go on while nobody watches. */
export class Downloads implements AsyncDisposable {
  /** Told of every change. */
  readonly topic = new Topic();
  readonly licenses: AcceptedLicenses;
  readonly #deps: DownloadsDeps;
  readonly #now: () => number;
  readonly #going = new Map<string, Going>();
  readonly #failures = new Map<string, Failure>();
  #lock: ProcessLock | undefined;

  constructor(deps: DownloadsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.licenses = new AcceptedLicenses(deps.places.layout.root);
  }

  /** Every model of the catalogue that can be downloaded. */
  states(): readonly { readonly id: string; readonly state: DownloadState }[] {
    return catalogueOf(this.#deps.places.host).flatMap((entry) =>
      entry.remote === null ? [] : [{ id: entry.id, state: this.state(entry) }],
    );
  }

  state(entry: CatalogueEntry): DownloadState {
    const going = this.#going.get(entry.id);
    if (going !== undefined) return ongoing(going);
    const target = this.#target(entry);
    const bytes = statSync(target, { throwIfNoEntry: false })?.size;
    if (bytes !== undefined) return { phase: 'ready', bytes };
    return resting(partialOf(target), this.#failures.get(entry.id) ?? null);
  }

  /**
   * Begins or goes on. Resolves when the work is under way; how it goes on, `state` says.
   *
   * @throws TunesmithError `bad-request`, `license-not-accepted`, `run-busy`
   */
  start(id: string, { accept = false }: { readonly accept?: boolean } = {}): void {
    const entry = this.#entry(id);
    if (this.#going.has(id)) return;
    if (this.state(entry).phase === 'ready') return;
    if (accept) this.licenses.accept(entry.license, id, this.#now());
    this.licenses.require(entry.license, entry.title);
    this.#requireFree(entry);
    const stop = new AbortController();
    const there = partialOf(this.#target(entry)).read();
    const progress: Progress = {
      phase: 'downloading',
      receivedBytes: there?.receivedBytes ?? 0,
      totalBytes: there?.record.totalBytes ?? entry.bytes,
    };
    const going: Going = { stop, rate: new Rate(this.#now), progress, ended: Promise.resolve() };
    this.#failures.delete(id);
    this.#going.set(id, going);
    going.ended = this.#run(entry, going);
    this.topic.changed();
  }

  /** Stops and keeps what arrived. */
  async pause(id: string): Promise<void> {
    const going = this.#going.get(id);
    going?.stop.abort(new TunesmithError('cancelled', 'The download was paused.'));
    await going?.ended;
  }

  /** Stops and throws away what arrived. */
  async discard(id: string): Promise<void> {
    const entry = this.#entry(id);
    await this.pause(id);
    this.#requireFree(entry);
    partialOf(this.#target(entry)).remove();
    this.#failures.delete(id);
    this.topic.changed();
  }

  /** Deletes a finished file, and resolves with the bytes that came free. */
  async remove(id: string): Promise<number> {
    const target = this.#target(this.#entry(id));
    const bytes = statSync(target, { throwIfNoEntry: false })?.size ?? 0;
    await removeFile(target);
    this.topic.changed();
    return bytes;
  }

  /** Where the finished file of this model is, or would be. */
  fileOf(id: string): string {
    return this.#target(this.#entry(id));
  }

  stateOf(id: string): DownloadState {
    return this.state(this.#entry(id));
  }

  /** Resolves when nothing goes on with this model. */
  async ended(id: string): Promise<void> {
    await this.#going.get(id)?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#going.keys()].map((id) => this.pause(id)));
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  async #run(entry: CatalogueEntry, going: Going): Promise<void> {
    const target = this.#target(entry);
    const { remote, title, bytes, id } = entry;
    const { signal } = going.stop;
    try {
      this.#lock ??= takeProcessLock(lockFolder(this.#deps.places.layout.models));
      const { url, sha256 } = remote!;
      const order = {
        ...{ title, url, bytes, target, partial: partialOf(target), owner: this.#lock.token },
        ...{ digest: sha256, algorithm: 'sha256' as const, beginning: beginningOfModels },
      };
      await transfer(order, {
        limits: this.#deps.limits ?? usualLimits,
        signal,
        requireSpace: this.#deps.requireSpace ?? requireSpace,
        validate: (file) => this.#deps.validate(file, signal),
        tell: (progress) => {
          if (progress.phase === 'downloading') going.rate.add(progress.receivedBytes);
          going.progress = progress;
          this.topic.changed();
        },
      });
    } catch (error) {
      const failure = toFailure(signal.aborted ? signal.reason : error);
      if (failure.code !== 'cancelled') this.#failures.set(id, failure);
    } finally {
      release(partialOf(target));
      this.#going.delete(id);
      this.topic.changed();
    }
  }

  #requireFree(entry: CatalogueEntry): void {
    const owner = partialOf(this.#target(entry)).read()?.record.owner ?? null;
    if (owner === null || owner === this.#lock?.token) return;
    if (!isAlive(lockFolder(this.#deps.places.layout.models), owner)) return;
    throw new TunesmithError('run-busy', `Another Tunesmith is downloading ${entry.title} at this moment.`, {
      advice: 'Wait until it has finished, or close it.',
      retryable: true,
    });
  }

  #entry(id: string): CatalogueEntry {
    const entry = catalogueOf(this.#deps.places.host).find((one) => one.id === id);
    if (entry !== undefined && entry.remote !== null) return entry;
    throw new TunesmithError('bad-request', `There is no model "${id}" that could be downloaded.`, {
      advice: 'Choose one that "tunesmith models" lists.',
    });
  }

  #target({ remote }: CatalogueEntry): string {
    return path.join(this.#deps.places.layout.models, remote!.fileName);
  }
}
