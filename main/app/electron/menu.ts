import { app, Menu, shell, type BrowserWindow, type MenuItemConstructorOptions } from 'electron';
import { stepIds } from '#common/contract/app/drafts.ts';
import { places } from '#common/platform/places.ts';
import { words } from './words.ts';

const isMac = process.platform === 'darwin';
const command = isMac ? 'meta' : 'control';
const { menu } = words;

export interface MenuDeps {
  readonly window: () => BrowserWindow | undefined;
  readonly dataFolder: string;
  readonly quit: () => void;
}

/** The system's menu. What belongs to the wizard is done by the wizard's own keys, so that menu and keys cannot differ. */
export function setMenu(deps: MenuDeps): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template(deps)));
}

function template({ window, dataFolder, quit }: MenuDeps): MenuItemConstructorOptions[] {
  const press = (key: string, modifier: 'meta' | 'control' | 'alt') => (): void => {
    const contents = window()?.webContents;
    if (contents === undefined || contents.isDestroyed()) return;
    for (const type of ['keyDown', 'keyUp'] as const) {
      contents.sendInputEvent({ type, keyCode: key, modifiers: [modifier] });
    }
  };
  const zoom = (change: number | null) => (): void => {
    const contents = window()?.webContents;
    contents?.setZoomLevel(change === null ? 0 : Math.min(4, Math.max(-3, contents.getZoomLevel() + change)));
  };
  /** Shown in the menu; the page itself listens to the key. */
  const key = (accelerator: string, code: string, modifier: 'meta' | 'control' | 'alt' = command) => ({
    accelerator,
    registerAccelerator: false,
    click: press(code, modifier),
  });
  const settings: MenuItemConstructorOptions = { label: menu.settings, ...key('CmdOrCtrl+,', ',') };
  const about: MenuItemConstructorOptions = { label: menu.about, click: () => app.showAboutPanel() };
  const openFolder: MenuItemConstructorOptions = {
    label: menu.dataFolder,
    click: () => void shell.openPath(dataFolder),
  };
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const ending: MenuItemConstructorOptions = { label: words.tray.quit, accelerator: 'CmdOrCtrl+Q', click: quit };

  return [
    ...(isMac
      ? [
          {
            label: words.name,
            submenu: [
              about,
              line,
              settings,
              line,
              { role: 'services' },
              line,
              { role: 'hide' },
              { role: 'hideOthers' },
              line,
              ending,
            ],
          } satisfies MenuItemConstructorOptions,
        ]
      : [{ label: menu.file, submenu: [settings, openFolder, line, ending] }]),
    {
      label: menu.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        line,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: menu.go,
      submenu: [
        { label: menu.allRuns, ...key('CmdOrCtrl+0', '0') },
        line,
        ...stepIds.map((id, index) => ({
          label: menu.steps[id],
          ...key(`CmdOrCtrl+${index + 1}`, String(index + 1)),
        })),
        line,
        { label: menu.back, ...key('Alt+Left', 'Left', 'alt') },
        { label: menu.next, ...key('CmdOrCtrl+Enter', 'Return') },
      ],
    },
    {
      label: menu.view,
      submenu: [
        { label: menu.zoomIn, accelerator: 'CmdOrCtrl+Plus', click: zoom(0.5) },
        { label: menu.zoomOut, accelerator: 'CmdOrCtrl+-', click: zoom(-0.5) },
        // Ctrl+0, the usual key, leads home.
        { label: menu.zoomReset, accelerator: 'CmdOrCtrl+Shift+0', click: zoom(null) },
        line,
        { role: 'togglefullscreen', label: menu.fullScreen },
        ...(places.form === 'packaged'
          ? []
          : [line, { role: 'toggleDevTools', label: menu.developer } satisfies MenuItemConstructorOptions]),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', label: menu.help, submenu: isMac ? [openFolder] : [about] },
  ];
}

/** Cut, copy and paste on a right click in text, as everywhere else. */
export function offerEditing(window: BrowserWindow): void {
  window.webContents.on('context-menu', (_event, { isEditable, selectionText, editFlags }) => {
    const { canCut, canCopy, canPaste, canSelectAll } = editFlags;
    if (!isEditable && selectionText.trim() === '') return;
    Menu.buildFromTemplate([
      ...(isEditable ? [{ role: 'cut', enabled: canCut } satisfies MenuItemConstructorOptions] : []),
      { role: 'copy', enabled: canCopy },
      ...(isEditable
        ? ([
            { role: 'paste', enabled: canPaste },
            { type: 'separator' },
            { role: 'selectAll', enabled: canSelectAll },
          ] satisfies MenuItemConstructorOptions[])
        : []),
    ]).popup({ window });
  });
}
