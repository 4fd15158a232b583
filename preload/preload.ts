/** All that the sandboxed window gets of Electron: a pipe for messages to main, which parses every one, and the places of dropped files. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { bridgeChannels, type Bridge } from '#common/contract/bridge.ts';

let listener: ((message: unknown) => void) | undefined;
const waiting: unknown[] = [];

ipcRenderer.on(bridgeChannels.message, (_event, message: unknown) => {
  if (listener === undefined) waiting.push(message);
  else listener(message);
});

const bridge: Bridge = {
  post: (message) => ipcRenderer.send(bridgeChannels.message, message),
  onMessage(given) {
    listener = given;
    for (const message of waiting.splice(0)) given(message);
  },
  pathOfFile: (file) => webUtils.getPathForFile(file),
};

ipcRenderer.send(bridgeChannels.opened);
contextBridge.exposeInMainWorld('tunesmith', bridge);
