import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands in for Ollama where a real one cannot be made to misbehave: dies at a given byte, stalls, answers an error of one's
 * choice, is old, is no Ollama at all. It is strict about everything else: a request that a real server would not take, or that
 * names a field it does not know (a real one ignores those in silence), is answered 400 and kept in `complaints`.
 */
export interface FakeOllama extends AsyncDisposable {
  readonly address: string;
  readonly complaints: readonly string[];
  readonly uploads: readonly { readonly digest: string; readonly bytes: number }[];
  readonly created: readonly Record<string, unknown>[];
  readonly models: Map<string, Record<string, unknown>>;
}

export interface Misbehaviour {
  /** What /api/version says; null: not an Ollama, every path answers a page. Default `0.34.0`. */
  readonly version?: string | null;
  /** The connection is cut once this many bytes of an upload arrived; for this many uploads (default 1). */
  readonly dieAtByte?: number;
  readonly deaths?: number;
  /** Bytes are taken up to here and then no more; the connection stays open. */
  readonly stallAtByte?: number;
  /** Answers to an upload, given after the first bytes and without reading on, then the line is cut. */
  readonly uploadAnswer?: { readonly status: number; readonly body: string };
  /** Lines of a create in place of the usual ones; `cut` ends the connection after them. */
  readonly createLines?: readonly object[];
  readonly cut?: boolean;
  /** Answer to /api/show, whatever model is asked for. */
  readonly show?: object;
  /** Answer to a create before any line. */
  readonly createAnswer?: { readonly status: number; readonly body: string };
}

const createFields = new Set(['model', 'files', 'template', 'parser', 'system', 'license', 'parameters', 'stream']);
const usualLines = [{ status: 'parsing GGUF' }, { status: 'writing manifest' }, { status: 'success' }];

export async function fakeOllama(misbehaviour: Misbehaviour = {}, listenAt = 0): Promise<FakeOllama> {
  const state = {
    complaints: [] as string[],
    uploads: [] as { digest: string; bytes: number }[],
    created: [] as Record<string, unknown>[],
    models: new Map<string, Record<string, unknown>>(),
    blobs: new Set<string>(),
    deaths: 0,
  };
  const server = http.createServer((request, response) => {
    handle(request, response, misbehaviour, state).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(listenAt, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...state,
    address: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type State = Parameters<typeof handle>[3];

async function handle(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  misbehaviour: Misbehaviour,
  state: {
    complaints: string[];
    uploads: { digest: string; bytes: number }[];
    created: Record<string, unknown>[];
    models: Map<string, Record<string, unknown>>;
    blobs: Set<string>;
    deaths: number;
  },
): Promise<void> {
  const { version = '0.34.0' } = misbehaviour;
  const route = `${request.method} ${request.url}`;
  if (version === null) {
    response.writeHead(route === 'GET /api/version' ? 200 : 404, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
    return;
  }
  const blob = /^(HEAD|POST) \/api\/blobs\/(.*)$/.exec(route);
  if (route === 'GET /api/version') return answer(response, 200, { version });
  if (route === 'GET /api/tags') return answer(response, 200, { models: [...state.models.values()] });
  if (route === 'POST /api/show' && misbehaviour.show !== undefined) return answer(response, 200, misbehaviour.show);
  if (blob !== null) return takeBlob(request, response, misbehaviour, state, blob[1] ?? '', blob[2] ?? '');
  if (route === 'POST /api/create') return create(request, response, misbehaviour, state);
  complain(state, `unexpected request ${route}`);
  answer(response, 404, { error: '404 page not found' });
}

async function takeBlob(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  misbehaviour: Misbehaviour,
  state: State,
  method: string,
  digest: string,
): Promise<void> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return answer(response, 400, { error: 'invalid digest format' });
  if (state.blobs.has(digest) || method === 'HEAD') {
    response.writeHead(state.blobs.has(digest) ? 200 : 404).end();
    return;
  }
  if (request.headers['content-length'] === undefined) complain(state, 'an upload without content-length');
  const { dieAtByte, deaths = 1, stallAtByte, uploadAnswer } = misbehaviour;
  if (uploadAnswer !== undefined) {
    await new Promise((resolve) => request.once('readable', resolve));
    const length = Buffer.byteLength(uploadAnswer.body);
    response.writeHead(uploadAnswer.status, { 'content-type': 'application/json', 'content-length': length });
    response.write(uploadAnswer.body);
    // As Go's server does: a moment for the answer to be read, then the line is cut. (Node's own would cut it at once.)
    setTimeout(() => request.socket?.destroy(), 200);
    return;
  }
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    hash.update(chunk as Buffer);
    if (dieAtByte !== undefined && state.deaths < deaths && bytes >= dieAtByte) {
      state.deaths += 1;
      request.socket.resetAndDestroy();
      return;
    }
    if (stallAtByte !== undefined && bytes >= stallAtByte) {
      request.pause();
      await new Promise((resolve) => request.once('close', resolve));
      return;
    }
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== digest) {
    return answer(response, 400, { error: `digest mismatch, expected "${digest}", got "${found}"` });
  }
  state.blobs.add(digest);
  state.uploads.push({ digest, bytes });
  response.writeHead(201).end();
}

async function create(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  misbehaviour: Misbehaviour,
  state: State,
): Promise<void> {
  const { createAnswer, createLines = usualLines, cut = false } = misbehaviour;
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const body = JSON.parse(text) as Record<string, unknown>;
  state.created.push(body);
  for (const field of Object.keys(body))
    if (!createFields.has(field)) complain(state, `unknown field ${field} in create`);
  const files = Object.entries((body['files'] ?? {}) as Record<string, string>);
  if (files.length !== 1) complain(state, `${files.length} files in create`);
  for (const [name, digest] of files) {
    if (/^\/|\\|(?:^|\/)\.\.(?:\/|$)/.test(name)) return answer(response, 400, { error: 'file path must be relative' });
    if (!state.blobs.has(digest)) complain(state, `create names a blob that is not here: ${digest}`);
  }
  if (createAnswer !== undefined) {
    response.writeHead(createAnswer.status, { 'content-type': 'application/json' }).end(createAnswer.body);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const line of createLines) {
    if ('status' in line && line.status === 'success') {
      const name = String(body['model']);
      state.models.set(name.toLowerCase(), {
        name,
        digest: 'f'.repeat(64),
        size: 1,
        details: { format: 'gguf', family: 'llama' },
      });
    }
    response.write(`${JSON.stringify(line)}\n`);
  }
  if (!cut) {
    response.end();
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  request.socket.resetAndDestroy();
}

function answer(response: http.ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function complain(state: State, complaint: string): void {
  state.complaints.push(complaint);
}
