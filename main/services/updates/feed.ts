import http from 'node:http';
import https from 'node:https';
import { z } from 'zod';
import { isVersion } from '#common/domain/project.ts';
import { TunesmithError } from '#common/domain/errors.ts';
import { isAllowedStart } from '../downloads/hosts.ts';

/** The newest release, as far as the app looks at it. */
export interface Release {
  readonly version: string;
  /** Plain text, at most `mostNotes` characters; nothing in it is followed or drawn. */
  readonly notes: string;
  /** When it was published; null where the feed does not say. */
  readonly publishedAt: number | null;
}

export interface FeedOptions {
  readonly url: URL;
  readonly signal: AbortSignal;
  /** For the whole answer. */
  readonly timeoutMs?: number;
}

const mostBytes = 1_000_000;
const mostNotes = 20_000;
const mostHops = 3;

/** What GitHub's REST API answers for `releases/latest`; everything else of it is left alone. */
const releaseSchema = z.object({
  tag_name: z.string().max(100),
  body: z.string().nullable().optional(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
  published_at: z.iso.datetime().nullable().optional(),
});

/**
 * Asks for the newest release: one small answer over https, no cookie, no name, no version of ours. Redirects are followed on the same host
 * only. Null where nothing was released yet.
 *
 * @throws TunesmithError `update-check-failed`; the signal's reason
 */
export async function newestRelease({ url, signal, timeoutMs = 15_000 }: FeedOptions): Promise<Release | null> {
  if (!isAllowedStart(url)) throw failed(`${url.origin} is not asked: only https is`);
  const whole = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let answer: Answer;
  try {
    answer = await ask(url, whole);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TunesmithError) throw error;
    throw failed(whole.aborted ? `${url.host} took too long to answer` : `${url.host} cannot be reached`, error);
  }
  // A project without releases.
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw failed(`${url.host} refused (HTTP ${answer.status})`);
  return parse(answer.text, url);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(origin: URL, signal: AbortSignal): Promise<Answer> {
  let url = origin;
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const response = await send(url, signal);
    const { statusCode = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode)) return { status: statusCode, text: await read(response, url) };
    response.destroy();
    const { location = '' } = headers;
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== origin.origin || next.username !== '')
      throw failed(`${url.host} sends the question elsewhere`);
    url = next;
  }
  throw failed(`${origin.host} sends the question in a circle`);
}

function send(url: URL, signal: AbortSignal): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const headers = {
      accept: 'application/vnd.github+json',
      'accept-encoding': 'identity',
      // GitHub refuses those who give none.
      'user-agent': 'Tunesmith',
    };
    client.get(url, { headers, agent: false, signal }, resolve).on('error', reject);
  });
}

async function read(response: http.IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) {
      response.destroy();
      throw failed(`${url.host} answers with far too much`);
    }
    chunks.push(chunk as Buffer);
  }
  if (!response.complete) throw new Error('The connection broke off.');
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, url: URL): Release | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failed(`${url.host} answers with something else than a release`, error);
  }
  const parsed = releaseSchema.safeParse(value);
  if (!parsed.success) throw failed(`${url.host} answers with something else than a release`, parsed.error);
  const { tag_name: tag, body, draft, prerelease, published_at: date } = parsed.data;
  if (draft === true || prerelease === true) return null;
  const version = tag.replace(/^v/, '');
  if (!isVersion(version)) throw failed(`${url.host} names the newest version in a way that is not known here`);
  const time = date === null || date === undefined ? Number.NaN : Date.parse(date);
  return { version, notes: plain(body ?? ''), publishedAt: Number.isNaN(time) ? null : time };
}

/** Without what steers a terminal or turns the direction of writing. */
function plain(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '')
    .slice(0, mostNotes)
    .trim();
}

function failed(why: string, cause?: unknown): TunesmithError {
  return new TunesmithError(
    'update-check-failed',
    `It could not be found out whether there is a newer Tunesmith: ${why}.`,
    {
      retryable: true,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
