/**
 * Requests to Ollama over plain node:http. Node's fetch gives up after 300 s without an answer, which a large model's
 * upload, conversion or first token can take; here nothing but the caller's signal (or the server) ends a request.
 */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface OllamaRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** From the server's root, with the leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Text goes as it is; a stream goes in pieces and is never held in memory. */
  readonly body?: string | Readable;
  /** Longest time without a byte moving, in either direction, while a body is sent. Absent: for ever. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The other side stopped taking what is sent. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
}

/** How long an answer may still arrive after the server stopped reading the body. */
const lastWordMs = 1000;

/**
 * Sends a request and resolves with the answer's head; its body is still to be read. A server may answer before it has read
 * the whole body and then cut the line: that answer counts, not the cut.
 */
export async function send(address: string, request: OllamaRequest): Promise<http.IncomingMessage> {
  const { method, body, headers = {}, signal } = request;
  const url = new URL(`${address}${request.path}`);
  const client = url.protocol === 'https:' ? https : http;
  // A connection of its own: a kept one may have been closed by a server that was started again.
  const outgoing = client.request(url, { method, headers: headers as http.OutgoingHttpHeaders, agent: false, ...(signal && { signal }) });
  outgoing.on('socket', (socket) => socket.setKeepAlive(true, 30_000));
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.once('response', (response) => {
      // Past the head only the reader of the body must hear of failures.
      outgoing.on('error', () => {});
      resolve(response);
    });
    outgoing.once('error', reject);
  });
  answered.catch(() => {});
  if (body instanceof Readable) {
    if (request.stallMs !== undefined) {
      outgoing.setTimeout(request.stallMs, () => outgoing.destroy(new StalledError(`nothing moved for ${request.stallMs} ms`)));
    }
    try {
      await pipeline(body, outgoing);
    } catch (thrown) {
      signal?.throwIfAborted();
      const last = await Promise.race([answered.catch(() => undefined), delay(lastWordMs, undefined, { ref: false })]);
      if (last !== undefined) return last;
      outgoing.destroy();
      throw thrown;
    }
    return answered;
  }
  outgoing.end(body);
  return answered;
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
