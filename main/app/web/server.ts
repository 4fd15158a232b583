import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { appContract } from '#common/contract/app/app.ts';
import { toFailure, type Failure } from '#common/domain/errors.ts';
import { serveFeatures } from '#common/wire/features.ts';
import { windowHeaders } from '../serving/policy.ts';
import { windowFiles } from '../serving/window-files.ts';
import type { App } from '../window/open-app.ts';
import { Access } from './access.ts';
import { socketPort } from './socket-port.ts';
import { sendFile } from './send-file.ts';
import { keepUpload } from './uploads.ts';

export interface WebHostOptions {
  /** The built window. */
  readonly root: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told of every message that was refused. */
  readonly onRefused?: ((failure: Failure) => void) | undefined;
  /** Told when the printed address was used up and another one opens the window. */
  readonly onNewAddress?: ((address: string) => void) | undefined;
}

export interface WebHost extends AsyncDisposable {
  /** Opens the window once, in one browser. */
  readonly address: string;
  readonly port: number;
}

/** A window that is silent for so long is gone. */
const pingMs = 10_000;

/** Serves the window to a browser on this computer, and nobody else. One window at a time. */
export async function openWebHost(app: App, options: WebHostOptions): Promise<WebHost> {
  const files = windowFiles(options.root);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const failure = toFailure(error);
      if (!response.headersSent) sendJson(response, failure.code === 'disk-full' ? 507 : 400, failure);
      response.destroy();
    });
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(options.port, '127.0.0.1', resolve);
  await listening;
  const { port } = server.address() as AddressInfo;
  const access = new Access(port);
  const addressNow = (): string => `http://127.0.0.1:${port}/?token=${access.token}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headersFor(request))) response.setHeader(name, value);
    if (!access.isOwnHost(request)) return refuse(response, 421, 'This is not the address of this Tunesmith.');
    const url = new URL(request.url ?? '/', 'http://tunesmith');
    const token = url.searchParams.get('token');
    if (request.method === 'GET' && url.pathname === '/' && token !== null) {
      const cookie = access.redeem(token);
      if (cookie !== undefined) response.setHeader('set-cookie', cookie);
      else if (!access.hasSession(request)) return refuse(response, 403, 'This address was used up or is wrong.');
      response.writeHead(303, { location: '/' }).end();
      if (cookie !== undefined) options.onNewAddress?.(addressNow());
      return;
    }
    if (!access.hasSession(request)) return refuse(response, 403, 'Open the address that Tunesmith printed.');
    if (request.method === 'POST' && url.pathname.startsWith('/upload/')) {
      if (!access.isOwnOrigin(request)) return refuse(response, 403, 'Only Tunesmith’s own page may hand files over.');
      const name = decodeURIComponent(url.pathname.slice('/upload/'.length));
      const group = url.searchParams.get('group');
      return sendJson(response, 200, { path: await keepUpload(request, app.tmpFolder, name, group) });
    }
    if (request.method !== 'GET') return refuse(response, 405, 'This cannot be asked for.');
    const [, folder, id = ''] = url.pathname.split('/');
    const download = folder === 'download' ? app.downloads.get(id) : undefined;
    if (download !== undefined) return sendFile(response, download, path.basename(download));
    const file = files.get(url.pathname);
    if (file === undefined) return refuse(response, 404, 'There is nothing here.');
    sendFile(response, file);
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: 32 * 1024 * 1024 });
  let window: WebSocket | undefined;
  server.on('upgrade', (request, socket, head) => {
    const takes = request.url === '/socket?take';
    const isAllowed = access.isOwnOrigin(request) && access.hasSession(request) && (takes || request.url === '/socket');
    if (!isAllowed) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    if (takes) {
      window?.terminate();
      window = undefined;
    }
    if (window !== undefined) return void socket.end('HTTP/1.1 409 Conflict\r\nConnection: close\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (opened) => {
      window = opened;
      let isThere = true;
      opened.on('pong', () => (isThere = true));
      const ping = setInterval(() => {
        if (!isThere) return opened.terminate();
        isThere = false;
        opened.ping();
      }, pingMs);
      opened.on('close', () => {
        clearInterval(ping);
        if (window === opened) window = undefined;
      });
      const { onRefused } = options;
      serveFeatures(appContract, app.handlers, socketPort(opened), onRefused === undefined ? {} : { onRefused });
    });
  });

  return {
    get address() {
      return addressNow();
    },
    port,
    async [Symbol.asyncDispose]() {
      window?.terminate();
      const { promise, resolve: closed } = Promise.withResolvers<void>();
      server.close(() => closed());
      server.closeAllConnections();
      await promise;
    },
  };
}

/** The page may talk to the host that it was asked from, whose name and port an SSH tunnel may change. */
function headersFor({ headers: { host = '' } }: IncomingMessage): Readonly<Record<string, string>> {
  const socket = /^[\w.:[\]-]+$/.test(host) ? `ws://${host}` : undefined;
  return { ...windowHeaders(socket), 'cache-control': 'no-store' };
}

function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
