import { app, shell, type Session, type WebContents } from 'electron';
import { isReleasePage } from '#common/domain/project.ts';
import { isWindowAddress, windowOrigin } from './scheme.ts';

/** Places on the web that the window links to. They open in the person's own browser; nothing else opens anywhere. */
const outside: ReadonlySet<string> = new Set(['https://ollama.com', 'https://ollama.com/download']);

/** Nothing but our own page: no other address, window, download, permission or device, in whatever the app may ever show. */
export function lockDown(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isInside(url) }));
  session.setPermissionRequestHandler((contents, permission, answer) => answer(mayBe(contents, permission)));
  session.setPermissionCheckHandler((contents, permission) => mayBe(contents, permission));
  session.setDevicePermissionHandler(() => false);
  // A page's own text saved as a file (`blob:`) is asked for by the person, who is shown where it goes.
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${windowOrigin}/`)) event.preventDefault();
  });
  app.on('web-contents-created', (_event, contents) => keepInside(contents));
}

function keepInside(contents: WebContents): void {
  const stay = (event: Electron.Event<{ url: string }>): void => {
    if (!isWindowAddress(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (outside.has(url) || isReleasePage(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** `devtools:` only answers where somebody opened them, which a release cannot. */
function isInside(url: string): boolean {
  return [`${windowOrigin}/`, `blob:${windowOrigin}/`, 'data:', 'devtools:'].some((start) => url.startsWith(start));
}

/** Copying text to the clipboard is all that the window may ask for. */
function mayBe(contents: WebContents | null, permission: string): boolean {
  return permission === 'clipboard-sanitized-write' && contents !== null && isWindowAddress(contents.getURL());
}
