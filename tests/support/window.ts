import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { appContract, type AppContract } from '#common/contract/app/app.ts';
import { connectFeatures, serveFeatures, type FeatureClient } from '#common/wire/features.ts';
import { messagePort } from '#common/wire/ports.ts';
import { currentHost } from '#common/platform/host.ts';
import { openApp, type App } from '#main/app/window/open-app.ts';

export interface TestWindow extends AsyncDisposable {
  readonly app: App;
  readonly client: FeatureClient<AppContract>;
  readonly home: string;
  /** Another window over the same app, as after a reload. */
  readonly reload: () => FeatureClient<AppContract>;
}

/** The whole app behind the window, over a real port, with a data folder of its own. A `home` that is given stays, for another start. */
export function openTestWindow(given?: string, more: Readonly<Record<string, string>> = {}): TestWindow {
  const home = given ?? mkdtempSync(path.join(tmpdir(), 'tunesmith-window-'));
  const env = { ...process.env, TUNESMITH_HOME: path.join(home, 'data'), OLLAMA_HOST: 'http://127.0.0.1:9', ...more };
  const app = openApp({ host: { ...currentHost(), env, home }, version: '0.0.0', engineBuild: 'test' });
  const closing: (() => void)[] = [];
  const reload = (): FeatureClient<AppContract> => {
    const channel = new MessageChannel();
    const [up, down] = [messagePort(channel.port1), messagePort(channel.port2)];
    serveFeatures(appContract, app.handlers, down);
    closing.push(() => up.close());
    return connectFeatures(appContract, up);
  };
  return {
    app,
    client: reload(),
    home,
    reload,
    async [Symbol.asyncDispose]() {
      for (const close of closing) close();
      await app[Symbol.asyncDispose]();
      if (given === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}
