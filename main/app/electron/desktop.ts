import path from 'node:path';
import { app, dialog, shell, type BrowserWindow } from 'electron';
import { runFileExtension } from '#common/platform/run-files.ts';
import type { Desktop } from '../window/context.ts';
import { useTheme } from './look.ts';
import { words } from './words.ts';

const { choose } = words;
const anything = { name: choose.allFiles, extensions: ['*'] };
const examples = {
  name: choose.examplesFiles,
  extensions: ['txt', 'md', 'json', 'jsonl', 'ndjson', 'csv', 'tsv', 'xlsx', 'parquet'],
};

/** What the window asks of the system. */
export function desktopOf(current: () => BrowserWindow | undefined): Desktop {
  async function open(options: Electron.OpenDialogOptions): Promise<readonly string[]> {
    const window = current();
    const { filePaths } = await (window === undefined
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(window, options));
    return filePaths;
  }

  return {
    async choose(kind, suggestedName) {
      switch (kind) {
        case 'examples':
          return open({
            title: choose.examples,
            properties: ['openFile', 'multiSelections'],
            filters: [examples, anything],
          });
        case 'folder':
          return open({ title: choose.folder, properties: ['openDirectory'] });
        case 'model':
          return open({
            title: choose.model,
            properties: ['openFile'],
            filters: [{ name: choose.modelFiles, extensions: ['gguf'] }, anything],
          });
        case 'save-run': {
          const options = {
            title: choose.saveRun,
            defaultPath: path.join(app.getPath('documents'), suggestedName ?? `run.${runFileExtension}`),
            filters: [{ name: choose.runFiles, extensions: [runFileExtension] }],
          };
          const window = current();
          const { filePath } = await (window === undefined
            ? dialog.showSaveDialog(options)
            : dialog.showSaveDialog(window, options));
          return filePath === '' ? [] : [filePath];
        }
      }
    },
    reveal: (file) => shell.showItemInFolder(path.resolve(file)),
    setTheme: useTheme,
  };
}
