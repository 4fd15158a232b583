import { app, powerMonitor, session as sessions, type BrowserWindow } from 'electron';
import { appContract } from '#common/contract/app/app.ts';
import type { Host } from '#common/platform/host.ts';
import { places } from '#common/platform/places.ts';
import { isRunFile, runFilesAmong } from '#common/platform/run-files.ts';
import { serveFeatures } from '#common/wire/features.ts';
import { appVersion, engineBuild } from '../version.ts';
import { openApp, type App } from '../window/open-app.ts';
import { askHowToLeave, type Leaving } from './closing.ts';
import { desktopOf } from './desktop.ts';
import { followTraining } from './follow-training.ts';
import { launchUtility } from './launch-utility.ts';
import { lockDown } from './lock-down.ts';
import { useTheme } from './look.ts';
import { offerEditing, setMenu } from './menu.ts';
import { openWindow, showWindow } from './open-window.ts';
import { reviveWindow } from './revive.ts';
import { serveWindow } from './scheme.ts';
import { backgroundTray } from './tray.ts';
import { serveWindowPorts } from './window-port.ts';
import { words } from './words.ts';

/** A pause writes a checkpoint; what takes longer than this hangs. */
const longestEndMs = 30_000;

/** Runs the desktop app over the data folder of `host`; `folder` keeps what is the window's own. Throws errors in words. */
export function runDesktop(host: Host, folder: string): void {
  let window: BrowserWindow | undefined;
  let ending: Promise<void> | undefined;
  let asking = false;
  const stopFollowing = new AbortController();
  const current = (): BrowserWindow | undefined => (window?.isDestroyed() === false ? window : undefined);
  const version = appVersion();
  const tunesmith = openApp({
    host,
    version,
    engineBuild: engineBuild(),
    desktop: desktopOf(current),
    launch: launchUtility,
  });
  useTheme(tunesmith.settings().theme);
  app.setAboutPanelOptions({ applicationName: words.name, applicationVersion: version });

  const show = (): void => {
    const open = current();
    if (open === undefined) return;
    tray.hide();
    showWindow(open);
  };
  const end = (): Promise<void> => {
    ending ??= endApp(tunesmith, stopFollowing, current());
    return ending;
  };
  const tray = backgroundTray({ open: show, quit: () => void end() });

  /** The window is to close, or the app to end: a training that goes on has a say. */
  async function leave(): Promise<void> {
    if (asking) return;
    const run = tunesmith.trainingRun();
    if (run === null) return end();
    asking = true;
    let answer: Leaving;
    try {
      const { title } = await tunesmith.handlers.runs.detail({ run }, stopFollowing.signal);
      answer = await askHowToLeave({
        settings: tunesmith.settings(),
        remember: (onCloseWhileTraining) =>
          tunesmith.handlers.settings.save({ onCloseWhileTraining }, stopFollowing.signal),
        window: current(),
        title,
      });
    } finally {
      asking = false;
    }
    if (answer === 'pause') return end();
    if (answer === 'keep') {
      tray.show();
      current()?.hide();
    }
  }

  function open(): void {
    const session = sessions.defaultSession;
    lockDown(session);
    serveWindow(session, places.window);
    const opened = openWindow(session, folder);
    window = opened;
    serveWindowPorts(opened.webContents, {
      onOpened: (port) => void serveFeatures(appContract, tunesmith.handlers, port),
    });
    reviveWindow(opened, { onCrash: () => tunesmith.notice(words.crashed.once), quit: () => void end() });
    offerEditing(opened);
    opened.on('close', (event) => {
      if (ending !== undefined) return;
      event.preventDefault();
      void leave();
    });
    setMenu({ window: current, dataFolder: tunesmith.dataFolder, quit: () => void leave() });
    void followTraining(
      { app: tunesmith, window: current, onChange: (going) => tray.tell(going), onNotificationClick: show },
      stopFollowing.signal,
    );
  }

  // A double click on a run file: in the words of this start or of a second one, on macOS as an event. The window asks before anything is kept.
  tunesmith.openRuns(runFilesAmong(process.argv.slice(1), process.cwd()));
  app.on('open-file', (event, file) => {
    event.preventDefault();
    if (isRunFile(file)) tunesmith.openRuns([file]);
    show();
  });
  app.on('second-instance', (_event, words, workingFolder) => {
    tunesmith.openRuns(runFilesAmong(words.slice(1), workingFolder));
    show();
  });
  app.on('activate', show);
  app.on('window-all-closed', () => void end());
  app.on('before-quit', (event) => {
    if (ending !== undefined) return;
    event.preventDefault();
    void leave();
  });
  void app.whenReady().then(() => {
    // Not before: on its way here Electron puts handlers of its own over earlier ones, and its end is a quit that asks.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
    // The system goes down: no time for questions.
    powerMonitor.on('shutdown', () => void end());
    return open();
  });
}

async function endApp(tunesmith: App, following: AbortController, window: BrowserWindow | undefined): Promise<void> {
  window?.hide();
  following.abort();
  const late = setTimeout(() => app.exit(1), longestEndMs);
  try {
    await tunesmith[Symbol.asyncDispose]();
  } finally {
    clearTimeout(late);
    app.exit(0);
  }
}
