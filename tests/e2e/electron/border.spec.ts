/** What the page of the desktop app cannot do, asked of the real thing. */
import { expect, test } from './shell.ts';

test.describe.configure({ mode: 'serial' });

test('the page has no Node, and one narrow bridge', async ({ shell }) => {
  const { app, page } = shell.now;
  expect(
    await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron'].filter(
        (name) => name in globalThis,
      ),
      bridge: Object.keys(window.tunesmith ?? {}).toSorted(),
      isolated: !('ipcRenderer' in globalThis),
      origin: location.origin,
    })),
  ).toEqual({ node: [], bridge: ['onMessage', 'pathOfFile', 'post'], isolated: true, origin: 'tunesmith://app' });
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
});

test('its policy blocks inline code, code from text and everything from elsewhere', async ({ shell }) => {
  const outcome = await shell.now.page.evaluate(async () => {
    const blocked: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
    const add = (tag: string, set: (element: HTMLElement) => void): void => {
      const element = document.createElement(tag);
      set(element);
      document.body.append(element);
    };
    add('script', (each) => (each.textContent = 'globalThis.planted = 1'));
    add('script', (each) => ((each as HTMLScriptElement).src = 'https://example.com/planted.js'));
    add('style', (each) => (each.textContent = 'body { display: none }'));
    add('img', (each) => ((each as HTMLImageElement).src = 'https://example.com/planted.png'));
    add('iframe', (each) => ((each as HTMLIFrameElement).src = 'https://example.com/'));
    add('iframe', (each) => ((each as HTMLIFrameElement).src = 'tunesmith://app/'));
    const isMade = (make: () => unknown): boolean => {
      try {
        make();
        return true;
      } catch {
        return false;
      }
    };
    const reaches = (address: string): Promise<boolean> =>
      fetch(address).then(
        () => true,
        () => false,
      );
    const made = {
      elsewhere: await reaches('https://example.com/'),
      disk: await reaches('file:///etc/passwd'),
      host: await reaches('tunesmith://other/index.html'),
    };
    const outside = await fetch('tunesmith://app/../../../etc/passwd').then(({ status }) => status);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Not before a pause: what Playwright itself runs may make code.
    const code = isMade(() => new Function('return 1'));
    return {
      ...made,
      code,
      outside,
      planted: 'planted' in globalThis,
      shown: getComputedStyle(document.body).display !== 'none',
      blocked,
    };
  });
  expect(outcome).toMatchObject({
    code: false,
    elsewhere: false,
    disk: false,
    host: false,
    outside: 404,
    planted: false,
    shown: true,
  });
  for (const directive of ['script-src-elem', 'style-src-elem', 'img-src', 'frame-src', 'connect-src']) {
    expect(outcome.blocked).toContain(directive);
  }
});

test('it goes nowhere else, opens nothing, downloads nothing, and may ask for nothing', async ({ shell }) => {
  const { app, page } = shell.now;
  const before = page.url();
  await app.evaluate(({ session }) => {
    const kept = globalThis as unknown as { downloads: boolean[] };
    kept.downloads = [];
    session.defaultSession.on('will-download', (event) => kept.downloads.push(event.defaultPrevented));
  });
  const opened = await page.evaluate(async () => {
    const popups = [window.open('https://example.com/'), window.open('tunesmith://app/'), window.open('about:blank')];
    for (const address of [
      'https://example.com/',
      'file:///etc/passwd',
      'data:text/html,<p>x',
      'tunesmith://app/index.html',
    ]) {
      location.assign(address);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const link = document.createElement('a');
    link.href = 'tunesmith://app/index.html';
    link.download = 'page.html';
    link.click();
    document.body.insertAdjacentHTML('beforeend', '<webview src="https://example.com/"></webview>');
    await new Promise((resolve) => setTimeout(resolve, 500));
    return popups.filter((popup) => popup !== null).length;
  });
  expect(opened).toBe(0);
  expect(page.url()).toBe(before);
  const after = await app.evaluate(({ BrowserWindow, webContents }) => ({
    windows: BrowserWindow.getAllWindows().length,
    contents: webContents.getAllWebContents().filter((each) => each.getType() !== 'remote').length,
    downloads: (globalThis as unknown as { downloads: boolean[] }).downloads.filter((wasStopped) => !wasStopped).length,
  }));
  expect(after).toEqual({ windows: 1, contents: 1, downloads: 0 });

  const granted = await page.evaluate(async () => {
    const asked = {
      notification: await Notification.requestPermission().then((state) => state === 'granted'),
      media: await navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(
        () => true,
        () => false,
      ),
      place: await new Promise<boolean>((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve(true),
          () => resolve(false),
        ),
      ),
      read: await navigator.clipboard.readText().then(
        () => true,
        () => false,
      ),
    };
    return Object.entries(asked).flatMap(([name, was]) => (was ? [name] : []));
  });
  expect(granted).toEqual([]);
});
