import { readdirSync } from 'node:fs';
import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

export function contentTypeOf(file: string): string {
  return types[path.extname(file)] ?? 'application/octet-stream';
}

/** The built window's files by their address. Listed once: what is not in the list cannot be asked for, however it is spelled. */
export function windowFiles(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  // By hand, because `recursive` does not look into an asar archive on every Electron.
  const list = (folder: string, address: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) list(path.join(folder, entry.name), `${address}${entry.name}/`);
      else if (entry.isFile()) files.set(address + entry.name, path.join(folder, entry.name));
    }
  };
  list(root, '/');
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
}
