import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { currentHost } from '#common/platform/host.ts';
import { ollamaCandidates, ollamaTraces } from '#common/platform/executables.ts';
import { ensureRealOllama, startOllama, type RunningOllama } from '../../../scripts/real-ollama.ts';

/** A port that is free now and stays the tests' own: the app is told of it before anything listens there. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** True where an Ollama of the person's own is installed: it cannot look missing then. */
export function hasOwnOllama(): boolean {
  const host = currentHost();
  return [...ollamaCandidates(host), ...ollamaTraces(host)].some((place) => existsSync(place));
}

export interface RealServer {
  readonly binary: string;
  readonly start: (port: number) => Promise<RunningOllama>;
}

/** A real server with its models below `folder`; undefined, and said so, where there is none. */
export async function realOllama(folder: string): Promise<RealServer | undefined> {
  const found = await ensureRealOllama();
  if ('unavailable' in found) {
    console.log(`real Ollama: not run (${found.unavailable})`);
    return undefined;
  }
  const { binary, env } = found;
  return { binary, start: (port) => startOllama({ binary, env, folder, port }) };
}

/** A program called `ollama` in a folder of PATH. It tells its process id, so that a test can end what the app has started. */
export function placeProgram(folder: string, binary: string): { readonly end: () => void } {
  mkdirSync(folder, { recursive: true });
  const pidFile = path.join(folder, 'pid');
  const program = path.join(folder, 'ollama');
  writeFileSync(program, `#!/bin/sh\necho $$ > "${pidFile}"\nexec "${binary}" "$@"\n`);
  chmodSync(program, 0o755);
  return {
    end() {
      rmSync(program);
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    },
  };
}

/** Stands before a real server at `port` and hands everything on, but for the template of a model that is made: it gets words in front. */
export async function alteringOllama(port: number, server: RunningOllama): Promise<AsyncDisposable> {
  const between = http.createServer(async (request, response) => {
    const body = await readWhole(request);
    const { url: path = '/', method = 'GET', headers } = request;
    const sent = path === '/api/create' ? altered(body) : body;
    const { 'content-length': _length, 'transfer-encoding': _encoding, host: _host, ...kept } = headers;
    const onward = http.request(
      `${server.url}${path}`,
      { method, headers: { ...kept, 'content-length': sent.length } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    onward.end(sent);
  });
  await new Promise<void>((resolve) => between.listen(port, '127.0.0.1', resolve));
  return {
    [Symbol.asyncDispose]: async () => {
      between.closeAllConnections();
      await new Promise((resolve) => between.close(resolve));
    },
  };
}

async function readWhole(request: http.IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function altered(body: Buffer): Buffer {
  const order = JSON.parse(body.toString()) as { readonly template: string };
  return Buffer.from(JSON.stringify({ ...order, template: `Please: ${order.template}` }));
}
