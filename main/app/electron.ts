/** Entry of the desktop app. Everything behind the window is the same as behind the web host; here are only the window and the system around it. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { app, dialog } from 'electron';
import { toFailure } from '#common/domain/errors.ts';
import { dataFolder } from '#common/platform/folders.ts';
import { glanceAtLibraries } from '#common/platform/bundled.ts';
import { currentHost } from '#common/platform/host.ts';
import { runDesktop } from './electron/run-desktop.ts';
import { registerScheme } from './electron/scheme.ts';
import { squirrelRequest, type SquirrelRequest } from './electron/squirrel.ts';
import { words } from './electron/words.ts';

registerScheme();
// Nothing is fetched, so nothing need be looked for in the background.
app.commandLine.appendSwitch('disable-background-networking');
app.setName(words.name);

const request = squirrelRequest(process.platform, process.argv, process.execPath);
if (request === null) start();
else void answer(request);

/** Nobody sees this start. */
async function answer({ commands }: SquirrelRequest): Promise<void> {
  // Where one cannot run there is a shortcut less, and no one to tell.
  for (const [program, ...args] of commands)
    await promisify(execFile)(program, args, { timeout: 5000 }).catch(() => {});
  app.quit();
}

function start(): void {
  try {
    glanceAtLibraries();
    const host = currentHost();
    const folder = path.join(path.resolve(dataFolder(host)), 'window');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The lock of the single instance lies there too: one window for one data folder.
    app.setPath('userData', folder);
    if (app.requestSingleInstanceLock()) runDesktop(host, folder);
    else app.quit();
  } catch (error) {
    const { message, advice } = toFailure(error);
    // Also for people who started it from a terminal.
    console.error(advice === undefined ? message : `${message} ${advice}`);
    void app.whenReady().then(() => {
      dialog.showErrorBox(words.notStarted, advice === undefined ? message : `${message}\n\n${advice}`);
      return app.exit(1);
    });
  }
}
