import { dialog, type BrowserWindow } from 'electron';
import { words } from './words.ts';

/** So many crashes in so short a time are no accident: asking is better than opening it again for ever. */
const mostCrashes = 3;
const withinMs = 60_000;

export interface ReviveDeps {
  /** Told before the window is loaded again: it says so when it is there. */
  readonly onCrash: () => void;
  readonly quit: () => void;
}

/** Opens the window's page again after a crash of its process or, if the person wants, when it hangs. Main and the training go on meanwhile. */
export function reviveWindow(window: BrowserWindow, { onCrash, quit }: ReviveDeps): void {
  const contents = window.webContents;
  let crashes: number[] = [];
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < withinMs), now];
    onCrash();
    if (crashes.length < mostCrashes) return contents.reload();
    const { crashed } = words;
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: crashed.message,
        detail: crashed.detail,
        buttons: [crashed.again, crashed.quit],
        cancelId: 1,
        noLink: true,
      })
      .then(({ response }) => {
        crashes = [];
        return response === 0 ? contents.reload() : quit();
      });
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    const { notResponding } = words;
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: notResponding.message,
        detail: notResponding.detail,
        buttons: [notResponding.wait, notResponding.reload],
        cancelId: 0,
        noLink: true,
      })
      .then(({ response }) => {
        asking = false;
        if (response === 1) contents.forcefullyCrashRenderer();
        return undefined;
      });
  });
}
