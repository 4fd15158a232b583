import { fromFailure, TunesmithError } from '#common/domain/errors.ts';
import type { DownloadState, Downloads } from '../../../services/downloads/downloads.ts';
import { sizeInWords } from '../../../services/storage/free-space.ts';
import { watchTopic } from '../../../services/watch/topic.ts';
import { openDownloads } from '../../model-downloads.ts';
import { bar, durationInWords } from '../status-line.ts';
import type { Workplace } from '../workplace.ts';

/** Fetches a model and follows it to its end. Ctrl-C keeps what arrived. */
export async function download(work: Workplace, id: string, accept: boolean): Promise<void> {
  const { output, signal } = work;
  await using downloads = openDownloads(work, work.engine);
  // Says which ids there are, before the host is asked for anything.
  const before = downloads.stateOf(id);
  if (before.phase === 'ready') output.note('It is here already.');
  startInWords(downloads, id, accept);
  const ended = new AbortController();
  const following = AbortSignal.any([signal, ended.signal]);
  void downloads.ended(id).then(() => ended.abort());
  try {
    for await (const state of watchTopic(downloads.topic, () => downloads.stateOf(id), following, { leastMs: 250 })) {
      output.status.show(inWords(state));
      await output.row({ type: 'progress', id, ...state });
    }
  } catch (error) {
    if (!following.aborted) throw error;
  }
  output.status.clear();
  if (signal.aborted) {
    await downloads.pause(id);
    output.note(`What arrived is kept. Go on with: tunesmith models download ${id}`);
    throw signal.reason;
  }
  const state = downloads.stateOf(id);
  if (state.phase !== 'ready') {
    const failure = 'failure' in state ? state.failure : null;
    throw failure === null ? new TunesmithError('cancelled', 'The download was stopped.') : fromFailure(failure);
  }
  const path = downloads.fileOf(id);
  await output.row({ type: 'done', id, path, bytes: state.bytes });
  await output.line(`${id} is here: ${path} (${sizeInWords(state.bytes)}). Use it with --base ${id}.`);
}

export async function deleteDownloaded(work: Workplace, id: string): Promise<void> {
  await using downloads = openDownloads(work, work.engine);
  const freedBytes = await downloads.remove(id);
  await work.output.row({ id, freedBytes });
  await work.output.line(
    freedBytes === 0 ? `${id} was not here.` : `${id} is deleted: ${sizeInWords(freedBytes)} came free.`,
  );
}

function startInWords(downloads: Downloads, id: string, accept: boolean): void {
  try {
    downloads.start(id, { accept });
  } catch (error) {
    if (!(error instanceof TunesmithError) || error.code !== 'license-not-accepted') throw error;
    const advice = `${error.advice ?? ''} Here: add --accept-license.`.trim();
    throw new TunesmithError(error.code, error.message, { advice, cause: error });
  }
}

function inWords(state: DownloadState): string {
  switch (state.phase) {
    case 'downloading': {
      const { receivedBytes, totalBytes, bytesPerSecond, etaSeconds } = state;
      const share = totalBytes === null ? '' : `${bar(receivedBytes / totalBytes)} `;
      const of = totalBytes === null ? '' : ` of ${sizeInWords(totalBytes)}`;
      const rate = bytesPerSecond === null ? '' : `, ${sizeInWords(bytesPerSecond)}/s`;
      const left = etaSeconds === null ? '' : `, ${durationInWords(etaSeconds)} left`;
      return `${share}${sizeInWords(receivedBytes)}${of}${rate}${left}`;
    }
    case 'checking':
      return `${bar(state.checkedBytes / state.totalBytes)} comparing its digest`;
    default:
      return '';
  }
}
