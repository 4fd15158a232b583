import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { appContract } from '#common/contract/app/app.ts';
import { connectFeatures } from '#common/wire/features.ts';
import { openWebHost, type WebHost } from '#main/app/web/server.ts';
import { socketPort } from '#main/app/web/socket-port.ts';
import { openTestWindow, type TestWindow } from '../support/window.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

let window: TestWindow;
let host: WebHost;
let cookie = '';
let spent = '';
const refusals: string[] = [];

beforeAll(async () => {
  window = openTestWindow();
  const root = path.join(window.home, 'built');
  mkdirSync(root);
  writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>Tunesmith</title>');
  writeFileSync(path.join(window.home, 'secret.txt'), 'not for anybody');
  host = await openWebHost(window.app, { root, port: 0, onRefused: ({ code }) => refusals.push(code) });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await window[Symbol.asyncDispose]();
});

function ask(target: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { host: `127.0.0.1:${host.port}`, ...options.headers };
  const outgoing = request(
    { host: '127.0.0.1', port: host.port, path: target, method: options.method ?? 'GET', headers },
    (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    },
  );
  outgoing.on('error', reject);
  outgoing.end(options.body);
  return promise;
}

/** `open`, or the status of the refusal. */
function socket(headers: Record<string, string>, target = '/socket'): Promise<WebSocket | number> {
  const opened = new WebSocket(`ws://127.0.0.1:${host.port}${target}`, { headers });
  return new Promise((resolve, reject) => {
    opened.on('open', () => resolve(opened));
    opened.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    opened.on('error', reject);
  });
}

const own = () => ({ origin: `http://127.0.0.1:${host.port}`, cookie });

describe('who may open the window', () => {
  test('nobody without the token, or with a wrong one', async () => {
    expect((await ask('/')).status).toBe(403);
    expect((await ask('/?token=wrong')).status).toBe(403);
    expect((await ask('/index.html', { headers: { cookie: `tunesmith-${host.port}=wrong` } })).status).toBe(403);
  });

  test('the token opens it once, and its cookie is out of reach of scripts', async () => {
    const { pathname, search } = new URL(host.address);
    spent = `${pathname}${search}`;
    const answer = await ask(spent);
    expect(answer.status).toBe(303);
    const [set = ''] = answer.headers['set-cookie'] as string[];
    expect(set).toMatch(/HttpOnly; SameSite=Strict/);
    cookie = set.split(';')[0] ?? '';
    expect((await ask(spent)).status).toBe(403);
    const page = await ask('/', { headers: { cookie } });
    expect(page.body).toContain('<title>Tunesmith</title>');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
  });

  test('no other host name, whatever the cookie (DNS rebinding)', async () => {
    for (const name of ['evil.example', `evil.example:${host.port}`, '127.0.0.1.evil.example']) {
      expect((await ask('/', { headers: { cookie, host: name } })).status).not.toBe(200);
    }
    expect((await ask('/', { headers: { cookie, host: 'localhost:9999' } })).status).toBe(200);
  });

  test('no file beside the built ones, however it is spelled', async () => {
    for (const target of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '//secret.txt',
      '/.',
      '/download/x/y',
    ]) {
      const answer = await ask(target, { headers: { cookie } });
      expect(answer.body).not.toContain('not for anybody');
      expect([200, 404]).toContain(answer.status);
    }
  });
});

describe('uploads', () => {
  test('only from the own page; the name cannot leave its folder', async () => {
    const body = '# INPUT\na\n# OUTPUT\nb\n';
    const upload = (headers: Record<string, string>) =>
      ask('/upload/..%2F..%2Fx.txt', { method: 'POST', headers, body });
    expect((await upload({ cookie })).status).toBe(403);
    expect((await upload({ cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await upload({ origin: own().origin })).status).toBe(403);
    const answer = await upload(own());
    expect(answer.status).toBe(200);
    const { path: file } = JSON.parse(answer.body) as { path: string };
    expect(file.startsWith(path.join(window.home, 'data', 'tmp', 'uploads'))).toBe(true);
    expect(path.basename(file)).toBe('x.txt');
    expect(readFileSync(file, 'utf8')).toBe(body);
  });
});

describe('the socket', () => {
  test('is refused without cookie, with another origin, at another address', async () => {
    expect(await socket({ origin: own().origin })).toBe(403);
    expect(await socket({ cookie })).toBe(403);
    expect(await socket({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await socket(own(), '/other')).toBe(403);
  });

  test('serves one window at a time; 1,000 malformed messages are refused and change nothing', async () => {
    const opened = (await socket(own())) as WebSocket;
    expect(opened).toBeInstanceOf(WebSocket);
    expect(await socket(own())).toBe(409);
    const client = connectFeatures(appContract, socketPort(opened));
    const before = await client.drafts.list({});
    const names = Object.entries(appContract).flatMap(([feature, entries]) =>
      Object.keys(entries).map((name) => `${feature}.${name}`),
    );
    const odd = [
      null,
      0,
      '',
      [],
      'x',
      { draft: '../../etc' },
      { run: 1 },
      { id: {} },
      { folder: 7 },
      { change: [] },
      { theme: 'x' },
    ];
    const seeded = mulberry(11);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(seeded() * list.length)] as T;
    refusals.length = 0;
    for (let n = 0; n < 1000; n += 1) {
      const kind = n % 4;
      const id = 1_000_000 + n;
      if (kind === 0) opened.send(pick(['{', 'null', '[]', '"call"', '{"type":"call"}', `{"type":"cancel","id":-1}`]));
      else if (kind === 1)
        opened.send(
          JSON.stringify({
            type: 'call',
            id,
            name: pick(['__proto__', 'constructor', 'models', 'runs.', 'runs.constructor', 'x.y']),
            input: {},
          }),
        );
      else if (kind === 2)
        opened.send(
          JSON.stringify({ type: pick(['event', 'done', 'fail', 'CALL']), id, name: pick(names), input: {} }),
        );
      else opened.send(JSON.stringify({ type: 'call', id, name: pick(names), input: pick(odd.slice(0, 5)) }));
    }
    expect(await client.drafts.list({})).toEqual(before);
    expect(refusals).toHaveLength(1000);
    expect(new Set(refusals)).toEqual(new Set(['bad-request']));
    for (const input of odd.slice(5)) {
      await expect(client.drafts.get(input as never)).rejects.toMatchObject({ code: 'bad-request' });
      await expect(client.runs.delete(input as never)).rejects.toMatchObject({ code: 'bad-request' });
    }
    await expect(client.files.list({ folder: '/etc' })).rejects.toMatchObject({ code: 'bad-request' });
    opened.close();
  });
});

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
