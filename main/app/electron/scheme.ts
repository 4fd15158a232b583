import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { windowHeaders } from '../serving/policy.ts';
import { contentTypeOf, windowFiles } from '../serving/window-files.ts';

const scheme = 'tunesmith';
export const windowOrigin = `${scheme}://app`;
export const windowAddress = `${windowOrigin}/`;

/** Before Electron is ready: a scheme with an origin of its own that counts as secure, and so is told from `file:` and the web. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the files of the built window, and nothing else, under the same policy as the web host. */
export function serveWindow(session: Session, root: string): void {
  const files = windowFiles(root);
  const headers = windowHeaders();
  session.protocol.handle(scheme, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const file = method === 'GET' && host === 'app' ? files.get(pathname) : undefined;
    if (file === undefined) return new Response('There is nothing here.\n', { status: 404, headers });
    // Read whole: they are small, and an archive has no streams that outlive it.
    return new Response(new Uint8Array(await readFile(file)), {
      headers: { ...headers, 'content-type': contentTypeOf(file) },
    });
  });
}

/** True for the window's own page, wherever in it the person is. */
export function isWindowAddress(url: string): boolean {
  try {
    const { protocol: kind, host, pathname } = new URL(url);
    return kind === `${scheme}:` && host === 'app' && pathname === '/';
  } catch {
    return false;
  }
}
