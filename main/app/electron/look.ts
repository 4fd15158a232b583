import { nativeTheme, type BrowserWindow, type TitleBarOverlay } from 'electron';
import type { Theme } from '#common/contract/app/settings.ts';

/** Height of the title strip, `--strip-h` in renderer/tokens.css. */
export const stripHeight = 44;

/** `--bg` and `--ink-2` of renderer/tokens.css: what is seen before the page has drawn, and behind the system's window buttons. */
const colours = { light: { bg: '#fbfaf8', ink: '#57534a' }, dark: { bg: '#1c1b19', ink: '#bab5aa' } } as const;

function now(): (typeof colours)['light' | 'dark'] {
  return nativeTheme.shouldUseDarkColors ? colours.dark : colours.light;
}

export function background(): string {
  return now().bg;
}

export function overlay(): TitleBarOverlay {
  return { color: now().bg, symbolColor: now().ink, height: stripHeight - 1 };
}

export function useTheme(theme: Theme): void {
  nativeTheme.themeSource = theme;
}

/** Keeps the system's parts of the window in the colours of its theme. */
export function followTheme(window: BrowserWindow): void {
  const update = (): void => {
    if (window.isDestroyed()) return;
    window.setBackgroundColor(background());
    // macOS draws its buttons by itself.
    if (process.platform !== 'darwin') window.setTitleBarOverlay(overlay());
  };
  nativeTheme.on('updated', update);
  window.once('closed', () => nativeTheme.off('updated', update));
}
