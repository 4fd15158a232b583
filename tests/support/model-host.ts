import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelHost extends AsyncDisposable {
  /** The address that the catalogue names. */
  readonly url: string;
  readonly sha256: string;
  /** Every request so far: its path and its Range. */
  readonly requests: { readonly path: string; readonly range: string | null; readonly ifRange: string | null }[];
  /** Changed while it runs. */
  readonly behaviour: Behaviour;
}

export interface Behaviour {
  file: Buffer;
  /** Cuts the line after so many bytes of an answer; a number a request, the last one for all further ones. */
  cutAfter: readonly number[];
  ignoreRange: boolean;
  /** Says what the file is, as Hugging Face does for large files. */
  publishes: boolean;
  status: number;
  /** Where the catalogue's address leads; null: to this server's own store of large files. */
  redirectTo: string | null;
  /** Sends no byte from here on, until it is set to null. */
  holdAt: number | null;
  /** Milliseconds between pieces of 16 kB. */
  paceMs: number;
  contentLength: boolean;
  etag: 'strong' | 'weak' | 'none';
}

/** A host of model files as the real ones behave: the address redirects to a store that serves ranges. */
export async function openModelHost(file: Buffer, behaviour: Partial<Behaviour> = {}): Promise<ModelHost> {
  const state: Behaviour = {
    file,
    cutAfter: [],
    ignoreRange: false,
    publishes: true,
    status: 200,
    redirectTo: null,
    holdAt: null,
    paceMs: 0,
    contentLength: true,
    etag: 'strong',
    ...behaviour,
  };
  const requests: ModelHost['requests'] = [];
  let served = 0;
  const digest = (): string => createHash('sha256').update(state.file).digest('hex');
  const server = createServer((request, response) => {
    requests.push({
      path: request.url ?? '',
      range: request.headers.range ?? null,
      ifRange: (request.headers['if-range'] as string | undefined) ?? null,
    });
    if (state.status !== 200) return void response.writeHead(state.status).end('no');
    if (request.url === '/repo/resolve/main/model.gguf') {
      const published = state.publishes ? { 'x-linked-etag': `"${digest()}"`, 'x-linked-size': state.file.length } : {};
      response.writeHead(302, { location: state.redirectTo ?? '/store/blob', ...published }).end();
      return;
    }
    void sendFile(request, response);
  });

  async function sendFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cut = state.cutAfter[Math.min(served, state.cutAfter.length - 1)] ?? Number.POSITIVE_INFINITY;
    served += 1;
    const etag = state.etag === 'none' ? undefined : `${state.etag === 'weak' ? 'W/' : ''}"${digest().slice(0, 16)}"`;
    const condition = request.headers['if-range'];
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const isPart = range !== null && !state.ignoreRange && (condition === undefined || condition === etag);
    const from = isPart ? Number(range[1]) : 0;
    if (isPart && from >= state.file.length) {
      response.writeHead(416, { 'content-range': `bytes */${state.file.length}` }).end();
      return;
    }
    const body = state.file.subarray(from);
    response.writeHead(isPart ? 206 : 200, {
      ...(etag === undefined ? {} : { etag }),
      ...(state.contentLength ? { 'content-length': body.length } : {}),
      ...(isPart ? { 'content-range': `bytes ${from}-${state.file.length - 1}/${state.file.length}` } : {}),
    });
    for (let at = 0; at < body.length; at += 16_384) {
      while (state.holdAt !== null && from + at >= state.holdAt && !response.destroyed) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (response.destroyed) return;
      const end = Math.min(body.length, at + 16_384);
      if (end > cut) {
        await new Promise((resolve) => response.write(body.subarray(at, cut), resolve));
        // The other side takes what is on the line before it notices.
        await new Promise((resolve) => setTimeout(resolve, 30));
        response.destroy();
        return;
      }
      const isFree = response.write(body.subarray(at, end));
      if (state.paceMs > 0) await new Promise((resolve) => setTimeout(resolve, state.paceMs));
      else if (!isFree) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
    response.end();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/repo/resolve/main/model.gguf`,
    get sha256() {
      return digest();
    },
    requests,
    behaviour: state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Writes a catalogue of one downloadable model and returns the environment that makes the app read it. */
export function catalogueFor(
  host: Pick<ModelHost, 'url' | 'behaviour'>,
  file: string,
  change: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, string>> {
  const entry = {
    id: 'tiny',
    title: 'Tiny',
    license: { name: 'MIT', url: null, mustAccept: false },
    bytes: host.behaviour.file.length,
    parameters: 1e6,
    goodFor: 'A model of the tests.',
    remote: { url: host.url, fileName: 'tiny-download.gguf', sha256: null, quantization: 'F32' },
    ...change,
  };
  writeFileSync(file, JSON.stringify([entry]));
  return { TUNESMITH_CATALOGUE: file };
}
