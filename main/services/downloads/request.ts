import http from 'node:http';
import https from 'node:https';
import { PassingError, refusal, strayRedirect } from './errors.ts';
import { isAllowedHop, isAllowedStart } from './hosts.ts';

export interface RemoteAnswer {
  readonly status: 200 | 206 | 416;
  /** Its body is still to be read, or to be destroyed. */
  readonly response: http.IncomingMessage;
  /** SHA-256 that the host of the catalogue's address publishes for this file. */
  readonly publishedSha256: string | null;
  /** Of the whole file; null where nobody says. */
  readonly totalBytes: number | null;
  /** First byte of a 206; else 0. */
  readonly from: number;
  /** A mark of this version of the file that a later request may name; null where there is none that can be relied on. */
  readonly etag: string | null;
}

export interface RemoteRequest {
  readonly url: URL;
  /** For messages. */
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Longest time without a byte. */
  readonly stallMs: number;
}

const mostHops = 5;

/**
 * Asks for a file and follows redirects to places that may be trusted.
 *
 * @throws TunesmithError `download-refused`; `PassingError` and errors of the network, for which another try may help
 */
export async function askRemote(request: RemoteRequest): Promise<RemoteAnswer> {
  const { title } = request;
  const origin = request.url;
  if (!isAllowedStart(origin)) throw strayRedirect(title, origin, origin.href);
  let url = origin;
  let publishedSha256: string | null = null;
  let publishedBytes: number | null = null;
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const response = await send(url, request);
    const { statusCode = 0, headers } = response;
    // Only the host itself says what its file is, never the servers it sends us on to.
    if (url.host === origin.host) {
      publishedSha256 ??= sha256In(headers['x-linked-etag']);
      publishedBytes ??= numberIn(headers['x-linked-size']);
    }
    if ([301, 302, 303, 307, 308].includes(statusCode)) {
      response.destroy();
      const next = nextUrl(headers.location, url);
      if (next === undefined || !isAllowedHop(origin, next)) {
        throw strayRedirect(title, origin, next?.host ?? String(headers.location));
      }
      url = next;
      continue;
    }
    if (statusCode !== 200 && statusCode !== 206 && statusCode !== 416) {
      response.destroy();
      throw refusal(title, url, statusCode);
    }
    const range = rangeIn(headers['content-range']);
    return {
      status: statusCode,
      response,
      publishedSha256,
      totalBytes: range?.total ?? (statusCode === 200 ? numberIn(headers['content-length']) : null) ?? publishedBytes,
      from: statusCode === 206 ? (range?.from ?? -1) : 0,
      // A weak mark says that two versions mean the same, not that their bytes are the same.
      etag: headers.etag?.startsWith('"') === true ? headers.etag : null,
    };
  }
  throw strayRedirect(title, origin, url.host);
}

function send(url: URL, { headers, signal, stallMs }: RemoteRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    // Nobody learns more than that Tunesmith asks for this file.
    const sent = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Tunesmith', ...headers };
    const outgoing = client.request(url, { method: 'GET', headers: sent, agent: false, signal });
    // After the head, failures reach whoever reads the body.
    let answered: http.IncomingMessage | undefined;
    outgoing.setTimeout(stallMs, () => {
      const error = new PassingError('nothing arrived any more');
      answered?.destroy(error);
      outgoing.destroy(error);
    });
    outgoing.on('error', reject);
    outgoing.once('response', (response) => {
      answered = response;
      resolve(response);
    });
    outgoing.end();
  });
}

function nextUrl(location: string | undefined, base: URL): URL | undefined {
  return location !== undefined && URL.canParse(location, base.href) ? new URL(location, base) : undefined;
}

function sha256In(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header[0] : header;
  return /^"?(?:sha256:)?([0-9a-f]{64})"?$/i.exec(text ?? '')?.[1]?.toLowerCase() ?? null;
}

function numberIn(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function rangeIn(header: string | undefined): { readonly from: number; readonly total: number | null } | undefined {
  const found = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header ?? '');
  if (found === null) return undefined;
  return { from: Number(found[1] ?? -1), total: found[2] === '*' ? null : Number(found[2]) };
}
