/** What a page says over Electron's debugging port. Not by Playwright, which attaches itself to a page and everything that comes after it: a crash of the page's process, which is looked at here, would leave the next one waiting for it. */
import { once } from 'node:events';

interface Target {
  readonly type: string;
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
}

interface Reply {
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly text: string };
  };
}

/** The value of an expression in the app's page of now; undefined where there is none that answers. */
export async function lookAtPage(port: string, expression: string): Promise<unknown> {
  const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly Target[];
  const page = list.find(({ type, url }) => type === 'page' && url.startsWith('tunesmith:'));
  if (page === undefined) return undefined;
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  try {
    const signal = AbortSignal.timeout(5000);
    await once(socket, 'open', { signal });
    const answered = once(socket, 'message', { signal });
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true } }));
    const [{ data }] = (await answered) as [MessageEvent<string>];
    return (JSON.parse(data) as Reply).result?.result?.value;
  } catch {
    // Its process has just gone, or has not come yet.
    return undefined;
  } finally {
    socket.close();
  }
}
