/**
 * Requests to Ollama over plain node:http. Node's fetch gives up after 300 s without an answer, which a large model's
 * upload, conversion or first token can take; here nothing but the caller's signal (or the server) ends a request.
 */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';

export interface OllamaRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** From the server's root, with the leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal | undefined;
}

/** The other side stopped taking what is sent. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
}

/** Sends a request and resolves with the answer's head; its body is still to be read. */
export function send(
  address: string,
  request: OllamaRequest & { readonly body?: string },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = open(address, request);
    // After the head, failures reach whoever reads the body.
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(request.body);
  });
}

export interface UploadRequest extends OllamaRequest {
  /** Sent in pieces, never held in memory; destroyed at the end. */
  readonly body: Readable;
  /** Longest time without a byte moving, in either direction. */
  readonly stallMs: number;
}

/**
 * Sends a stream and resolves with the whole (small) answer. A server may answer before it has read everything and then cut
 * the line: that answer counts, not the cut, so it is read the moment it arrives and nothing more is sent.
 */
export function upload(
  address: string,
  request: UploadRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const { body, stallMs } = request;
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    const outgoing = open(address, request);
    outgoing.setTimeout(stallMs, () => outgoing.destroy(new StalledError(`nothing moved for ${stallMs} ms`)));
    outgoing.once('response', (response) => {
      body.unpipe(outgoing);
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', () => {});
      const finish = () => {
        resolve({ status: response.statusCode ?? 500, text });
        outgoing.destroy();
      };
      response.once('end', finish).once('close', finish);
    });
    outgoing.on('error', reject);
    // Closing without an error or an answer happens when a signal destroys it late.
    outgoing.once('close', () => reject(new Error('aborted')));
    body.once('error', (error) => outgoing.destroy(error));
    body.pipe(outgoing);
  });
  return answered.finally(() => body.destroy());
}

function open(address: string, { method, path, headers = {}, signal }: OllamaRequest): http.ClientRequest {
  const url = new URL(`${address}${path}`);
  const client = url.protocol === 'https:' ? https : http;
  // A connection of its own: a kept one may have been closed by a server that was started again.
  const outgoing = client.request(url, {
    method,
    headers: headers as http.OutgoingHttpHeaders,
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  outgoing.on('socket', (socket) => socket.setKeepAlive(true, 30_000));
  return outgoing;
}

/** Reads a whole (small) body as text. */
export async function readText(response: http.IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk as string;
  return text;
}

/** The JSON values of an NDJSON body as they arrive. A last line without its end is a cut stream and an error. */
export async function* readJsonLines(response: http.IncomingMessage): AsyncGenerator<unknown> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as unknown;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as unknown;
}

/**
 * `fetch` for the `ollama` package over `send`: no time limits, cancelled by `signal`. The package prints to the console
 * where an error is not JSON, so such bodies are made JSON here.
 */
export function fetchOver(signal: AbortSignal | undefined): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const own = init.signal ?? undefined;
    const both = signal === undefined ? own : own === undefined ? signal : AbortSignal.any([signal, own]);
    const text = typeof init.body === 'string' ? init.body : undefined;
    const response = await send(url.origin, {
      method: (init.method ?? 'GET') as OllamaRequest['method'],
      path: `${url.pathname}${url.search}`,
      headers: {
        ...(init.headers as Record<string, string> | undefined),
        ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
      },
      ...(text === undefined ? {} : { body: text }),
      signal: both,
    });
    const status = response.statusCode ?? 500;
    if (status >= 400) {
      return Response.json({ error: errorText(await readText(response)) }, { status });
    }
    return new Response(Readable.toWeb(response) as ReadableStream, { status });
  };
}

/** What an error's body says: Ollama answers `{"error": "…"}`, a proxy in front of it anything. */
export function errorText(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) return String(parsed.error);
  } catch {
    // Not JSON: the text itself is all there is.
  }
  return body.trim().slice(0, 500);
}
