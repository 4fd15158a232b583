import { TunesmithError } from '#common/domain/errors.ts';
import { api } from './client.ts';

/** A file that was dropped or chosen, with its place in the folder that it came in. */
export interface PickedFile {
  readonly file: File;
  readonly place: string;
}

/**
 * Paths of dropped or chosen files: where they lie (Electron), or where main put their upload (browser). What was
 * picked together is put together, so that a question's file finds its answer's.
 */
export async function pathsOfFiles(
  files: readonly PickedFile[],
  {
    signal,
    onFile,
  }: { readonly signal?: AbortSignal; readonly onFile?: (file: PickedFile, done: number) => void } = {},
): Promise<string[]> {
  const bridge = window.tunesmith;
  if (bridge?.pathOfFile !== undefined) return files.map(({ file }) => bridge.pathOfFile!(file));
  const group = crypto.randomUUID();
  const paths: string[] = [];
  // One after the other: a folder may hold thousands.
  for (const picked of files) {
    onFile?.(picked, paths.length);
    paths.push(await upload(picked, group, signal));
  }
  return paths;
}

/** The system's own dialog; null where there is none and the window's own list has to do. */
export async function chooseNatively(kind: 'examples' | 'folder' | 'model' | 'save-run', suggestedName?: string) {
  if (window.tunesmith === undefined) return null;
  const { paths } = await api.files.choose({ kind, ...(suggestedName === undefined ? {} : { suggestedName }) });
  return paths;
}

/** Files of an `<input type="file">`; of a folder each knows its place in it. */
export function pickedFiles(files: FileList | readonly File[] | null): readonly PickedFile[] {
  return [...(files ?? [])].map((file) => ({ file, place: file.webkitRelativePath || file.name }));
}

/** Files that were dropped, those in dropped folders too. Must be called before the event's handler ends. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly PickedFile[]> {
  const plain = pickedFiles(transfer.files);
  // Electron reads a folder by its own path.
  if (window.tunesmith !== undefined) return plain;
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return plain;
  const picked: PickedFile[] = [];
  for (const entry of entries) await walk(entry, picked);
  return picked;
}

const mostFiles = 10_000;

async function walk(entry: FileSystemEntry, picked: PickedFile[]): Promise<void> {
  if (picked.length >= mostFiles) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    picked.push({ file, place: entry.fullPath.replace(/^\//, '') });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const inner of some) await walk(inner, picked);
    }
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function upload({ file, place }: PickedFile, group: string, signal: AbortSignal | undefined): Promise<string> {
  const answer = await fetch(`/upload/${encodeURIComponent(place)}?group=${group}`, {
    method: 'POST',
    body: file,
    signal: signal ?? null,
  });
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && isPath(body)) return body.path;
  throw new TunesmithError('file-not-readable', `“${file.name}” could not be handed over to Tunesmith.`, {
    advice: 'Try again, or choose it by its place on this computer.',
  });
}

function isPath(body: unknown): body is { readonly path: string } {
  return typeof body === 'object' && body !== null && typeof (body as { path?: unknown }).path === 'string';
}
