import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names of this computer that a page of ours can be opened under; also through an SSH tunnel, whose port may be another. */
const ownNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Who may talk to the web host. A one-time token in the printed address becomes a cookie that no script can read; every
 * request must name this computer as its host (against DNS rebinding), and what changes anything must come from our own page.
 */
export class Access {
  readonly #session = randomBytes(32).toString('base64url');
  #token = randomBytes(24).toString('base64url');
  readonly #cookieName: string;

  constructor(port: number) {
    // Cookies do not know ports: two hosts on one computer must not overwrite each other's.
    this.#cookieName = `tunesmith-${port}`;
  }

  /** Opens the window once. */
  get token(): string {
    return this.#token;
  }

  /** The `Set-Cookie` for a right token, which is spent by it; undefined for a wrong one. */
  redeem(token: string): string | undefined {
    if (!equal(token, this.#token)) return undefined;
    this.#token = randomBytes(24).toString('base64url');
    return `${this.#cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isOwnHost(request: IncomingMessage): boolean {
    const host = request.headers.host ?? '';
    return ownNames.has(host.replace(/:\d{1,5}$/, '').toLowerCase());
  }

  /** Sent by our own page: browsers name the page's origin and let no page say another. */
  isOwnOrigin(request: IncomingMessage): boolean {
    return request.headers.origin === `http://${request.headers.host ?? ''}` && this.isOwnHost(request);
  }

  hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((each) => each.trim());
    const prefix = `${this.#cookieName}=`;
    return cookies.some((each) => each.startsWith(prefix) && equal(each.slice(prefix.length), this.#session));
  }
}

/** In constant time, whatever the lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
