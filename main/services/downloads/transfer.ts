import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TunesmithError } from '#common/domain/errors.ts';
import { makeFolder } from '../storage/make-folder.ts';
import type { requireSpace } from '../storage/free-space.ts';
import { writeError } from '../storage/write-error.ts';
import { pause } from '../watch/topic.ts';
import { networkError, notTheFile, otherFile, PassingError, tooLarge, unknownDigest, wrongDigest } from './errors.ts';
import type { Partial } from './partial.ts';
import { askRemote, type RemoteAnswer } from './request.ts';

export interface Order {
  readonly title: string;
  readonly url: string;
  /** Hexadecimal, as the catalogue knows it; null: the host's word counts, which is for SHA-256 alone. */
  readonly digest: string | null;
  readonly algorithm: 'sha256' | 'sha512';
  /** What every file of its kind begins with: a login page is then known before it has arrived. */
  readonly beginning: Buffer;
  /** As the catalogue knows it, perhaps rounded. */
  readonly bytes: number;
  /** Where the finished file goes. */
  readonly target: string;
  readonly partial: Partial;
  readonly owner: string;
}

export interface Limits {
  readonly stallMs: number;
  /** Waits before each new try after bytes have come; then the person decides. */
  readonly retryMs: readonly number[];
}

export const usualLimits: Limits = { stallMs: 30_000, retryMs: [1000, 2000, 5000, 10_000] };

export type Progress =
  | { readonly phase: 'downloading'; readonly receivedBytes: number; readonly totalBytes: number | null }
  | { readonly phase: 'checking'; readonly checkedBytes: number; readonly totalBytes: number };

export interface TransferDeps {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly requireSpace: typeof requireSpace;
  readonly tell: (progress: Progress) => void;
  /** Reads the finished file for what it is to be. Throws in words where it is not. */
  readonly validate: (path: string) => Promise<void>;
}

/**
 * Fetches a file, going on with what is there of it, and puts it in its place when it is whole and is what was published.
 * Aborted or failed, what arrived stays for the next time.
 *
 * @throws TunesmithError `download-failed`, `download-refused`, `download-damaged`, `disk-full`, `file-not-writable`
 */
export async function transfer(order: Order, deps: TransferDeps): Promise<void> {
  await makeFolder(path.dirname(order.target));
  let tries = 0;
  for (;;) {
    const before = order.partial.read()?.receivedBytes ?? 0;
    try {
      if (!isWhole(order)) await fetchRest(order, deps);
      break;
    } catch (thrown) {
      deps.signal.throwIfAborted();
      if (thrown instanceof TunesmithError) throw thrown;
      const grew = (order.partial.read()?.receivedBytes ?? 0) > before;
      tries = grew ? 1 : tries + 1;
      const wait = deps.limits.retryMs[tries - 1];
      // Where nothing ever came there is no line to come back: the person is told at once.
      const isHopeless = !grew && tries === 1 && !(thrown instanceof PassingError);
      if (wait === undefined || isHopeless) throw networkError(order.title, new URL(order.url), thrown);
      await pause(wait, deps.signal);
      deps.signal.throwIfAborted();
    }
  }
  await finish(order, deps);
}

function isWhole({ partial, url }: Order): boolean {
  const there = partial.read();
  return there !== undefined && there.record.url === url && there.receivedBytes === there.record.totalBytes;
}

async function fetchRest(order: Order, deps: TransferDeps): Promise<void> {
  const { partial, title } = order;
  const url = new URL(order.url);
  const known = partial.read();
  const there = known?.record.url === order.url ? known : undefined;
  const received = there?.receivedBytes ?? 0;
  const headers: Record<string, string> = {};
  if (there !== undefined && received > 0) {
    headers['range'] = `bytes=${received}-`;
    if (there.record.etag !== null) headers['if-range'] = there.record.etag;
  }
  const { signal, limits } = deps;
  const answer = await askRemote({ url, title, headers, signal, stallMs: limits.stallMs });
  try {
    const digest = expectedDigest(order, answer, url);
    const from = continuesAt(answer, there?.record.digest === digest ? received : 0);
    if (from === undefined) {
      // What is there belongs to another version of the file, or is longer than it: from the beginning, with the next try.
      partial.remove();
      throw new PassingError('the file at the host has changed');
    }
    const total = answer.totalBytes;
    const most = order.bytes * 1.5 + 10e6;
    if ((total ?? 0) > most) throw tooLarge(title, total ?? 0, order.bytes);
    await deps.requireSpace(path.dirname(order.target), (total ?? order.bytes) - from, title);
    partial.write({ url: order.url, totalBytes: total, etag: answer.etag, digest, owner: order.owner });
    await receive(order, answer, from, total ?? most, deps);
    const now = partial.read()?.receivedBytes ?? 0;
    if (total !== null && now !== total) throw new PassingError('the connection broke off');
    if (total === null) partial.write({ ...partial.read()!.record, totalBytes: now });
  } finally {
    answer.response.destroy();
  }
}

function expectedDigest({ digest, algorithm, title }: Order, answer: RemoteAnswer, url: URL): string {
  const published = algorithm === 'sha256' ? answer.publishedSha256 : null;
  if (digest !== null && published !== null && digest !== published) throw otherFile(title, url);
  const expected = digest ?? published;
  if (expected === null) throw unknownDigest(title, url);
  return expected;
}

/** Where the answer's bytes belong; undefined where they do not fit what is there. */
function continuesAt(answer: RemoteAnswer, received: number): number | undefined {
  if (answer.status === 200) return 0;
  return answer.status === 206 && answer.from === received ? received : undefined;
}

async function receive(order: Order, answer: RemoteAnswer, from: number, most: number, deps: TransferDeps) {
  const { partial, title } = order;
  const { response, totalBytes } = answer;
  let receivedBytes = from;
  let head = from === 0 ? Buffer.alloc(0) : undefined;
  const check = (chunk: Buffer): void => {
    receivedBytes += chunk.length;
    if (receivedBytes > most) throw tooLarge(title, receivedBytes, order.bytes);
    if (head === undefined) return;
    const { beginning } = order;
    head = Buffer.concat([head, chunk.subarray(0, beginning.length)]).subarray(0, beginning.length);
    if (!head.equals(beginning.subarray(0, head.length))) throw notTheFile(title, new URL(order.url));
    if (head.length === beginning.length) head = undefined;
  };
  try {
    await using file = await open(partial.path, from === 0 ? 'w' : 'a', 0o600);
    deps.tell({ phase: 'downloading', receivedBytes, totalBytes });
    // Piece by piece instead of through a pipe: what arrived before the line broke is then on the disk.
    for await (const chunk of response) {
      check(chunk as Buffer);
      await file.appendFile(chunk as Buffer);
      deps.tell({ phase: 'downloading', receivedBytes, totalBytes });
    }
  } catch (thrown) {
    if (thrown instanceof TunesmithError && thrown.code.startsWith('download-')) partial.remove();
    // Told from troubles of the network, which bear codes too, by the call that met them.
    const { syscall } = thrown as NodeJS.ErrnoException;
    throw syscall === 'write' || syscall === 'open' ? writeError(thrown, partial.path) : thrown;
  }
}

async function finish(order: Order, deps: TransferDeps): Promise<void> {
  const { partial, title } = order;
  const { record, receivedBytes } = partial.read()!;
  const digest = await digestOf(partial.path, order.algorithm, receivedBytes, deps);
  if (digest !== record.digest) {
    partial.remove();
    throw wrongDigest(title, order.algorithm);
  }
  await deps.validate(partial.path);
  deps.signal.throwIfAborted();
  try {
    await using file = await open(partial.path, 'r+');
    await file.sync();
  } catch (error) {
    throw writeError(error, partial.path);
  }
  await rename(partial.path, order.target).catch((error: unknown) => {
    throw writeError(error, order.target);
  });
  partial.remove();
}

/** Read from the disk, not from what went by: it also finds what an earlier, interrupted part of the download left behind. */
async function digestOf(
  file: string,
  algorithm: Order['algorithm'],
  totalBytes: number,
  { signal, tell }: TransferDeps,
): Promise<string> {
  const hash = createHash(algorithm);
  let checkedBytes = 0;
  tell({ phase: 'checking', checkedBytes, totalBytes });
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer);
    checkedBytes += (chunk as Buffer).length;
    tell({ phase: 'checking', checkedBytes, totalBytes });
  }
  return hash.digest('hex');
}

/** Frees what an unfinished or a finished download takes. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    throw writeError(error, file);
  });
}
