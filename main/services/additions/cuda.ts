import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  additionsFor,
  archiveUrl,
  deathsWhileLoading,
  mostDeaths,
  placedAddition,
  type Addition,
} from '#common/platform/additions.ts';
import { TunesmithError, toFailure, type Failure } from '#common/domain/errors.ts';
import { envValue, type Host } from '#common/platform/host.ts';
import { isAlive, takeProcessLock, type ProcessLock } from '../../store/process-lock.ts';
import { partialOf, release } from '../downloads/partial.ts';
import { Rate } from '../downloads/rate.ts';
import { ongoing, resting, type UnfinishedDownload } from '../downloads/state.ts';
import { removeFile, transfer, usualLimits, type Limits, type Progress } from '../downloads/transfer.ts';
import { requireSpace } from '../storage/free-space.ts';
import { Topic } from '../watch/topic.ts';
import { lookAround, type Sight } from './sight.ts';
import { unpackLibrary } from './unpack.ts';

/** Why nothing is offered. */
export type NotOffered = 'no-card' | 'own' | 'no-build' | 'no-cuda';

export type CudaState =
  | UnfinishedDownload
  /** `trouble`: why it is not loaded although it is here. */
  | { readonly phase: 'ready'; readonly bytes: number; readonly trouble: 'changed' | 'deaths' | null };

export interface CudaDeps {
  readonly host: Host;
  /** Folder of additions: in the data folder, the same that child processes are told of. */
  readonly folder: string;
  readonly additions?: readonly Addition[];
  readonly look?: (host: Host) => Promise<Sight>;
  readonly limits?: Limits;
}

const publicRegistry = 'https://registry.npmjs.org';
const gzip = Buffer.from([0x1f, 0x8b]);
const title = 'CUDA’s library';

/** Adds llama.cpp's CUDA backend to the data folder, from an npm registry, and takes it away again. */
export class Cuda implements AsyncDisposable {
  readonly topic = new Topic();
  readonly #deps: CudaDeps;
  readonly #additions: readonly Addition[];
  #sight: Promise<Sight> | undefined;
  #going: { readonly stop: AbortController; readonly rate: Rate; progress: Progress; ended: Promise<void> } | undefined;
  #failure: Failure | null = null;
  #lock: ProcessLock | undefined;
  #isChanged: Promise<boolean> | undefined;

  constructor(deps: CudaDeps) {
    this.#deps = deps;
    this.#additions = deps.additions ?? additionsFor(deps.host);
  }

  /** What could be added here, with its address; else why nothing is. */
  async offer(): Promise<{ readonly addition: Addition; readonly url: string } | NotOffered> {
    this.#sight ??= (this.#deps.look ?? lookAround)(this.#deps.host);
    const { hasCard, runtimes, hasOwn } = await this.#sight;
    const placed = this.#placed();
    if (placed !== undefined) return { addition: placed, url: this.#urlOf(placed) };
    if (!hasCard) return 'no-card';
    if (hasOwn) return 'own';
    if (this.#additions.length === 0) return 'no-build';
    const addition = this.#additions.find(({ cuda }) => runtimes.includes(cuda));
    return addition === undefined ? 'no-cuda' : { addition, url: this.#urlOf(addition) };
  }

  async state(): Promise<CudaState> {
    const going = this.#going;
    if (going !== undefined) return ongoing(going);
    const { folder } = this.#deps;
    const placed = this.#placed();
    if (placed !== undefined) {
      this.#isChanged ??= isChanged(path.join(folder, placed.fileName), placed.sha256);
      const trouble = (await this.#isChanged)
        ? 'changed'
        : deathsWhileLoading(folder).length >= mostDeaths
          ? 'deaths'
          : null;
      return { phase: 'ready', bytes: placed.bytes, trouble };
    }
    const offered = await this.offer();
    return resting(
      typeof offered === 'string' ? undefined : partialOf(this.#archiveOf(offered.addition)),
      this.#failure,
    );
  }

  /**
   * Begins or goes on; how it goes on, `state` says.
   *
   * @throws TunesmithError `bad-request` where nothing is offered, `run-busy`
   */
  async start(): Promise<void> {
    const offered = await this.offer();
    if (typeof offered === 'string') {
      throw new TunesmithError('bad-request', 'There is no CUDA library that could be added on this computer.');
    }
    if (this.#going !== undefined || this.#placed() !== undefined) return;
    const { addition, url } = offered;
    const archive = this.#archiveOf(addition);
    const there = partialOf(archive).read();
    this.#lock ??= takeProcessLock(path.join(this.#deps.folder, 'locks'));
    const owner = there?.record.owner ?? null;
    if (owner !== null && owner !== this.#lock.token && isAlive(path.join(this.#deps.folder, 'locks'), owner)) {
      throw new TunesmithError('run-busy', 'Another Tunesmith is adding it at this moment.', { retryable: true });
    }
    const stop = new AbortController();
    const progress: Progress = {
      phase: 'downloading',
      receivedBytes: there?.receivedBytes ?? 0,
      totalBytes: addition.archiveBytes,
    };
    const going = { stop, rate: new Rate(), progress, ended: Promise.resolve() };
    this.#failure = null;
    this.#going = going;
    going.ended = this.#run(addition, url, archive, this.#lock.token);
    this.topic.changed();
  }

  /** Stops and keeps what arrived. */
  async pause(): Promise<void> {
    this.#going?.stop.abort(new TunesmithError('cancelled', 'The download was paused.'));
    await this.#going?.ended;
  }

  /** Stops, and takes away what arrived and what was added. Resolves with the bytes that came free. */
  async remove(): Promise<number> {
    await this.pause();
    const placed = this.#placed();
    for (const addition of this.#additions) {
      const archive = this.#archiveOf(addition);
      partialOf(archive).remove();
      await removeFile(archive);
      await removeFile(path.join(this.#deps.folder, addition.fileName));
    }
    await this.forgive();
    this.#isChanged = undefined;
    this.#failure = null;
    this.topic.changed();
    return placed?.bytes ?? 0;
  }

  /** Lets the next processes load it again, although it ended some before. */
  async forgive(): Promise<void> {
    const { folder } = this.#deps;
    for (const name of deathsWhileLoading(folder)) await rm(path.join(folder, name), { force: true });
    this.topic.changed();
  }

  /** Resolves when nothing goes on. */
  async ended(): Promise<void> {
    await this.#going?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pause();
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  async #run(addition: Addition, url: string, archive: string, owner: string): Promise<void> {
    const going = this.#going!;
    const { signal } = going.stop;
    const tell = (progress: Progress): void => {
      if (progress.phase === 'downloading') going.rate.add(progress.receivedBytes);
      going.progress = progress;
      this.topic.changed();
    };
    const partial = partialOf(archive);
    try {
      if (!existsSync(archive)) {
        await requireSpace(this.#deps.folder, addition.archiveBytes + addition.bytes, title);
        await transfer(
          {
            ...{ title, url, bytes: addition.archiveBytes, target: archive, partial, owner },
            ...{ digest: addition.archiveSha512, algorithm: 'sha512' as const, beginning: gzip },
          },
          { limits: this.#deps.limits ?? usualLimits, signal, requireSpace, tell, validate: () => Promise.resolve() },
        );
      }
      await unpackLibrary(archive, addition, this.#deps.folder, {
        signal,
        tell: (checkedBytes) => tell({ phase: 'checking', checkedBytes, totalBytes: addition.bytes }),
      });
      await rm(archive, { force: true });
      this.#isChanged = Promise.resolve(false);
    } catch (error) {
      const failure = toFailure(signal.aborted ? signal.reason : error);
      // An archive that does not hold what it should is of no use a second time.
      if (failure.code === 'download-damaged') await rm(archive, { force: true });
      if (failure.code !== 'cancelled') this.#failure = inOtherWords(failure);
    } finally {
      release(partial);
      this.#going = undefined;
      this.topic.changed();
    }
  }

  #placed(): Addition | undefined {
    return placedAddition(this.#deps.folder, this.#additions);
  }

  #archiveOf({ fileName }: Addition): string {
    return path.join(this.#deps.folder, `${fileName}.tgz`);
  }

  #urlOf(addition: Addition): string {
    return archiveUrl(envValue(this.#deps.host, 'TUNESMITH_NPM_REGISTRY') ?? publicRegistry, addition);
  }
}

/** Advice of downloads speaks of models. */
function inOtherWords(failure: Failure): Failure {
  if (failure.code !== 'download-refused' && failure.code !== 'download-damaged') return failure;
  return { ...failure, advice: 'Training goes on without it, on the processor or through Vulkan.' };
}

async function isChanged(file: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  } catch {
    return true;
  }
  return hash.digest('hex') !== sha256;
}
