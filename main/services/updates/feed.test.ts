import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { newestRelease } from './feed.ts';

let server: http.Server | undefined;
const ending = new AbortController();

/** A feed on this computer that answers so; returns its address. */
async function feed(answer: http.RequestListener): Promise<URL> {
  server = http.createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/releases/latest`);
}

const json =
  (value: unknown, status = 200): http.RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

const ask = (url: URL, timeoutMs = 5000) => newestRelease({ url, timeoutMs, signal: ending.signal });

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

test('the newest release: its version, its notes as plain text, when; and nothing is told of this computer', async () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const url = await feed((request, response) => {
    seen.push(request.headers);
    json({
      tag_name: 'v1.20.3',
      name: 'x',
      body: 'New:\r\n- <b>a</b>\u202E\u0007\u001B[31m',
      published_at: '2026-11-01T10:00:00Z',
      html_url: 'https://evil.example/',
    })(request, response);
  });
  await expect(ask(url)).resolves.toEqual({
    version: '1.20.3',
    notes: 'New:\n- <b>a</b>[31m',
    publishedAt: Date.UTC(2026, 10, 1, 10),
  });
  expect(seen[0]).toMatchObject({ 'user-agent': 'Tunesmith' });
  expect(Object.keys(seen[0] ?? {}).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('nothing released, a draft and a preview are no release', async () => {
  await expect(ask(await feed(json({ message: 'Not Found' }, 404)))).resolves.toBeNull();
  server?.close();
  await expect(ask(await feed(json({ tag_name: 'v2.0.0', prerelease: true })))).resolves.toBeNull();
});

test('notes without end are cut', async () => {
  const found = await ask(await feed(json({ tag_name: '2.0.0', body: 'x'.repeat(300_000) })));
  expect(found?.notes).toHaveLength(20_000);
});

test.each([
  ['no JSON', (_request, response) => response.end('<html>Sign in</html>'), /something else than a release/],
  ['other JSON', json([1, 2]), /something else than a release/],
  ['a tag that is no version', json({ tag_name: 'v1.2.3/../../../evil' }), /in a way that is not known/],
  ['a refusal', json({ message: 'rate limit' }, 403), /refused \(HTTP 403\)/],
  ['far too much', (_request, response) => response.end('x'.repeat(3_000_000)), /far too much/],
  [
    'another host',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/' }).end(),
    /elsewhere/,
  ],
  ['a circle', (_request, response) => response.writeHead(302, { location: '/releases/latest' }).end(), /in a circle/],
  [
    'half an answer',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"tag_name"');
      setTimeout(() => response.destroy(), 20);
    },
    /cannot be reached/,
  ],
] satisfies [string, http.RequestListener, RegExp][])('%s is an error in words', async (_what, answer, words) => {
  await expect(ask(await feed(answer))).rejects.toMatchObject({
    code: 'update-check-failed',
    message: expect.stringMatching(words) as string,
  });
});

test('an answer that never ends is not waited for', async () => {
  const url = await feed((_request, response) => {
    response.writeHead(200).write('{');
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  await expect(ask(url, 200)).rejects.toMatchObject({ message: expect.stringMatching(/too long/) as string });
});

test('offline, and where http would leave this computer', async () => {
  const url = await feed(json({}));
  server?.close();
  await expect(ask(url)).rejects.toMatchObject({ message: expect.stringMatching(/cannot be reached/) as string });
  await expect(ask(new URL('http://example.org/'))).rejects.toMatchObject({
    message: expect.stringMatching(/only https/) as string,
  });
});

test('a check that is taken back ends with that', async () => {
  const stop = new AbortController();
  const url = await feed(() => stop.abort(new Error('taken back')));
  await expect(newestRelease({ url, signal: stop.signal })).rejects.toThrow('taken back');
});
