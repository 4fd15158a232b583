import { api } from '../api/client.ts';
import { chooseNatively, pathsOfFiles, pickedFiles } from '../api/files.ts';
import { words } from '../copy/index.ts';
import { refreshDrafts } from '../state/app.ts';
import { go } from '../state/route.ts';
import { say } from '../state/toasts.ts';
import { bytes } from '../ui/format.ts';

/** A new draft with what the run was made of. */
export async function repeatRun(run: string): Promise<void> {
  const { draft } = await api.runs.repeat({ run });
  await refreshDrafts();
  go({ screen: 'wizard', draft, step: 'examples' });
}

/** Saves a run as one file: where the person says (Electron), or as a download of the browser. */
export async function exportRun(run: string, title: string): Promise<void> {
  const paths = await chooseNatively('save-run', `${title}.tunesmith`);
  if (paths !== null && paths.length === 0) return;
  const to = paths?.[0];
  const made = await api.runs.export({ run, ...(to === undefined ? {} : { to }) });
  if (made.download !== null) {
    const link = document.createElement('a');
    link.href = made.download;
    link.download = '';
    link.click();
  }
  say(words.runs.exported(made.path, bytes(made.bytes)));
}

/** Takes a run from a file; shows it where that went well. */
export async function importRun(file: File): Promise<void> {
  const [path] = await pathsOfFiles(pickedFiles([file]));
  if (path !== undefined) await takeRun(path);
}

/** The same for a file that main can read. */
export async function takeRun(path: string): Promise<void> {
  const { run, title, hasBase } = await api.runs.import({ path });
  say(hasBase ? words.runs.imported(title) : words.runs.importedNoBase(title));
  go({ screen: 'run', run });
}
