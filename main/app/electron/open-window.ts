import path from 'node:path';
import { BrowserWindow, screen, type Session } from 'electron';
import { places } from '#common/platform/places.ts';
import { background, followTheme, overlay } from './look.ts';
import { windowAddress } from './scheme.ts';
import { keepWindowState, leastSize, placeWindow, readWindowState } from './window-state.ts';

/** The one window: sandboxed, without Node, and shown when there is something to see. `folder` keeps its place. */
export function openWindow(session: Session, folder: string): BrowserWindow {
  const state = readWindowState(folder);
  const displays = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeWindow(state, displays),
    minWidth: leastSize.width,
    minHeight: leastSize.height,
    show: false,
    backgroundColor: background(),
    title: 'Tunesmith',
    icon: path.join(places.resources, 'icons', 'icon-256.png'),
    titleBarStyle: 'hidden',
    ...(process.platform === 'darwin'
      ? { trafficLightPosition: { x: 16, y: 14 } }
      : { titleBarOverlay: overlay(), autoHideMenuBar: true }),
    webPreferences: {
      preload: places.preload,
      session,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Electron would fetch dictionaries.
      spellcheck: false,
      devTools: places.form !== 'packaged',
    },
  });
  followTheme(window);
  if (state?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  const keep = (): void => {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    keepWindowState(folder, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  let later: NodeJS.Timeout | undefined;
  const keepSoon = (): void => {
    clearTimeout(later);
    later = setTimeout(keep, 500);
  };
  window.on('resize', keepSoon);
  window.on('move', keepSoon);
  window.on('close', () => {
    clearTimeout(later);
    keep();
  });
  void window.loadURL(windowAddress);
  return window;
}

/** Brings the window to the front, wherever it was put. */
export function showWindow(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
