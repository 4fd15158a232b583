import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import { bridgeChannels } from '#common/contract/bridge.ts';
import { TunesmithError, type Failure } from '#common/domain/errors.ts';
import { portEvents, type Port } from '#common/wire/port.ts';
import { isWindowAddress } from './scheme.ts';

export interface WindowPortOptions {
  /** Given a fresh port for every document of the window: the one of the document before is closed then. */
  readonly onOpened: (port: Port) => void;
  /** Told of messages from anything but the window's own main frame; nothing else happens to them. */
  readonly onForeign?: ((failure: Failure) => void) | undefined;
}

/** The window's side of Electron's IPC as ports of `common/wire`. Returns what closes the open one. */
export function serveWindowPorts(contents: WebContents, { onOpened, onForeign }: WindowPortOptions): () => void {
  let open: ReturnType<typeof portEvents> | undefined;

  function close(): void {
    open?.closed();
    open = undefined;
  }

  function isOurs({ sender, senderFrame }: IpcMainEvent): boolean {
    return sender === contents && senderFrame === contents.mainFrame && isWindowAddress(senderFrame.url);
  }

  function foreign(): void {
    onForeign?.({ code: 'bad-request', message: 'A message did not come from the window.', retryable: false });
  }

  const opened = (event: IpcMainEvent): void => {
    if (!isOurs(event)) return foreign();
    close();
    const events = portEvents();
    open = events;
    onOpened({
      post(message) {
        if (events.isClosed || contents.isDestroyed()) {
          throw new TunesmithError('process-died', 'The window has gone.', { retryable: true });
        }
        contents.send(bridgeChannels.message, message);
      },
      onMessage: (listener) => events.onMessage(listener),
      onClose: (listener) => events.onClose(listener),
      close: () => events.closed(),
    });
  };
  const message = (event: IpcMainEvent, value: unknown): void => {
    if (!isOurs(event)) return foreign();
    open?.message(value);
  };

  ipcMain.on(bridgeChannels.opened, opened);
  ipcMain.on(bridgeChannels.message, message);
  // What a document that is leaving still streams must not reach the next one, whose calls count from one again.
  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) close();
  });
  contents.on('render-process-gone', close);
  contents.once('destroyed', () => {
    ipcMain.off(bridgeChannels.opened, opened);
    ipcMain.off(bridgeChannels.message, message);
    close();
  });
  return close;
}
