import { TunesmithError } from '#common/domain/errors.ts';
import { api } from './client.ts';

/** Paths of dropped or chosen files: where they lie (Electron), or where main put their upload (browser). */
export async function pathsOfFiles(files: readonly File[]): Promise<string[]> {
  const bridge = window.tunesmith;
  if (bridge?.pathOfFile !== undefined) return files.map((file) => bridge.pathOfFile!(file));
  return Promise.all(files.map(upload));
}

/** The system's own dialog; null where there is none and the window's own list has to do. */
export async function chooseNatively(kind: 'examples' | 'folder' | 'model' | 'save-run', suggestedName?: string) {
  if (window.tunesmith === undefined) return null;
  const { paths } = await api.files.choose({ kind, ...(suggestedName === undefined ? {} : { suggestedName }) });
  return paths;
}

async function upload(file: File): Promise<string> {
  const answer = await fetch(`/upload/${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && isPath(body)) return body.path;
  throw new TunesmithError('file-not-readable', `“${file.name}” could not be handed over to Tunesmith.`, {
    advice: 'Try again, or choose it by its place on this computer.',
  });
}

function isPath(body: unknown): body is { readonly path: string } {
  return typeof body === 'object' && body !== null && typeof (body as { path?: unknown }).path === 'string';
}
