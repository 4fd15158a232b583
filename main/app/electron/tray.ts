import path from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import { places } from '#common/platform/places.ts';
import type { Going } from './follow-training.ts';
import { words } from './words.ts';

export interface TrayDeps {
  readonly open: () => void;
  readonly quit: () => void;
}

export interface BackgroundTray {
  readonly isShown: boolean;
  show(): void;
  hide(): void;
  tell(going: Going | null): void;
}

/** Where Tunesmith is found while its window is closed. (Where the system has no tray, starting Tunesmith again opens the window.) */
export function backgroundTray({ open, quit }: TrayDeps): BackgroundTray {
  let tray: Tray | undefined;
  let told: Going | null = null;

  function update(): void {
    if (tray === undefined) return;
    const percent = Math.round((told?.share ?? 0) * 100);
    tray.setToolTip(told === null ? words.tray.idle : words.tray.training(told.title, percent));
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.tray.open, click: open },
        { type: 'separator' },
        { label: told === null ? words.tray.quit : words.tray.pause, click: quit },
      ]),
    );
  }

  return {
    get isShown() {
      return tray !== undefined;
    },
    show() {
      if (tray !== undefined) return;
      const isMac = process.platform === 'darwin';
      const image = nativeImage.createFromPath(
        path.join(places.resources, 'icons', isMac ? 'trayTemplate.png' : 'icon-32.png'),
      );
      tray = new Tray(image);
      tray.on('click', open);
      update();
    },
    hide() {
      tray?.destroy();
      tray = undefined;
    },
    tell(going) {
      const isNew =
        going?.run !== told?.run || Math.round((going?.share ?? 0) * 100) !== Math.round((told?.share ?? 0) * 100);
      told = going;
      if (isNew) update();
    },
  };
}
